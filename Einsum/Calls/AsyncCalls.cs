using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>Calls whose results come as tasks.</summary>
static class AsyncCalls
{
    /// <summary>Starts into a new tensor; in the background where the backend is no queue.</summary>
    internal static Task<Tensor<T>> EvalAsync<T>(this Call call, ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        nint count = 1;
        foreach (var length in call.ResultLengths) count *= length;
        // Results larger than arrays were refused when the call was made.
        var elements = GC.AllocateUninitializedArray<T>((int)count, pinned: true);
        var result = Tensor.Create(elements, call.ResultLengths);
        if (call.Start(operands, Marshal.UnsafeAddrOfPinnedArrayElement(elements, 0)) is { } started) return Finish(started, result);
        var kept = operands.ToArray();
        return Task.Run(() =>
        {
            _ = call.TryRun<T>(kept, ref result.GetPinnableReference());
            return result;
        });

        static async Task<Tensor<T>> Finish(Task started, Tensor<T> result)
        {
            await started.ConfigureAwait(false);
            return result;
        }
    }
}
