using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>Many members under way: awaited, it gives all results; each member's task completes as soon as its own result is there.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class EinsumManyTask<T> where T : unmanaged
{
    readonly Task<Tensor<T>[]> _all;

    internal EinsumManyTask(EinsumBatch<T> batch, MemberCalls calls, OperandLists<T> lists, CancellationToken cancellation)
    {
        var completions = new TaskCompletionSource<Tensor<T>>[batch.Count];
        for (var i = 0; i < completions.Length; i++) completions[i] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Members = [.. completions.Select(completion => completion.Task)];
        _all = Task.WhenAll(Members);
        _ = Task.Run(() => Run(batch, calls, lists, completions, cancellation), CancellationToken.None);
    }

    /// <summary>One task per member, in the members' order.</summary>
    public IReadOnlyList<Task<Tensor<T>>> Members { get; }

    /// <summary>Awaits all members.</summary>
    public TaskAwaiter<Tensor<T>[]> GetAwaiter() => _all.GetAwaiter();

    /// <summary>All members as one task.</summary>
    public Task<Tensor<T>[]> AsTask() => _all;

    static void Run(EinsumBatch<T> batch, MemberCalls calls, OperandLists<T> lists, TaskCompletionSource<Tensor<T>>[] completions, CancellationToken cancellation)
    {
        try
        {
            batch.Invoke(calls, lists, completions, cancellation);
        }
        catch (OperationCanceledException canceled)
        {
            foreach (var completion in completions) completion.TrySetCanceled(canceled.CancellationToken);
        }
        catch (Exception error)
        {
            foreach (var completion in completions) completion.TrySetException(error);
        }
    }
}
