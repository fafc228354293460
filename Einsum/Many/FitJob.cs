using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>Whether all members lie as they did when their calls were found, asked by all threads where there are many.</summary>
unsafe readonly struct FitJob<T>(MemberCalls calls, OperandLists<T> lists, Items<Tensor<T>>? destinations, int count, bool* misfits) : IJob
    where T : unmanaged
{
    /// <summary>Members that are worth a task: some microseconds.</summary>
    const int Stretch = 256;

    internal static bool Run(EinsumOptions options, MemberCalls calls, in OperandLists<T> lists, Items<Tensor<T>>? destinations)
    {
        var count = calls.Calls.Length;
        if (count <= 2 * Stretch || options.MaxThreads == 1) return calls.Fit(0, count, lists, destinations);
        var misfits = false;
        var job = new FitJob<T>(calls, lists, destinations, count, &misfits);
        options.Backend.Share(ref job, (count + Stretch - 1) / Stretch, options.MaxThreads);
        return !misfits;
    }

    public void Execute(int task)
    {
        if (!*misfits && !calls.Fit(task * Stretch, Math.Min((task + 1) * Stretch, count), lists, destinations)) Volatile.Write(ref *misfits, true);
    }
}
