using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>A plan with operands and a guarded result in memory: runs kernels and says which elements of the result they must not have touched.</summary>
sealed unsafe class PlanRun<TOperand, TResult> where TOperand : unmanaged where TResult : unmanaged
{
    /// <summary>Elements before the first and after the last one.</summary>
    internal const int Guard = 64;

    const byte Untouched = 0xA5;

    static readonly CpuContext s_twoThreads = new(2, CancellationToken.None);

    internal PlanRun(KernelPlan plan, Func<TOperand> next)
    {
        Operands = [.. Enumerable.Range(0, plan.Operands.Length).Select(operand => Allocate<TOperand>(plan, operand))];
        foreach (var operand in Operands)
            for (var i = 0; i < operand.Length; i++) operand[i] = next();
        Result = Allocate<TResult>(plan, plan.Operands.Length);
    }

    internal TOperand[][] Operands { get; }

    internal TResult[] Result { get; }

    /// <summary>Where in it the first element of the last run is.</summary>
    internal int First { get; private set; } = Guard;

    /// <param name="kernel">The kernel.</param>
    /// <param name="context">Two threads, if null.</param>
    /// <param name="byLine">Whether the result begins with a cache line, if its elements let it: where kernels write past the caches.</param>
    internal void Run(CpuKernel kernel, CpuContext? context = null, bool byLine = false)
    {
        First = Guard;
        for (var first = Guard; byLine && first < 2 * Guard; first++)
            if (Lines.IsAligned(Marshal.UnsafeAddrOfPinnedArrayElement(Result, first))) First = first;
        MemoryMarshal.AsBytes(Result.AsSpan()).Fill(Untouched);
        var addresses = stackalloc nint[Operands.Length + 1];
        for (var i = 0; i < Operands.Length; i++) addresses[i] = Marshal.UnsafeAddrOfPinnedArrayElement(Operands[i], Guard);
        addresses[Operands.Length] = Marshal.UnsafeAddrOfPinnedArrayElement(Result, First);
        kernel.Run(addresses, context ?? s_twoThreads);
    }

    internal bool IsUntouched(int position) => !MemoryMarshal.AsBytes(Result.AsSpan(position, 1)).ContainsAnyExcept(Untouched);

    static T[] Allocate<T>(KernelPlan plan, int operand) where T : unmanaged
    {
        var last = plan.Loops.Sum(loop => Math.Max(loop.Extent - 1, 0) * loop.Strides[operand]);
        return GC.AllocateArray<T>((int)last + 1 + (operand < plan.Operands.Length ? 2 : 3) * Guard, pinned: true);
    }
}
