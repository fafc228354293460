using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>out[i] = a[i] * b[i]</c>, or <c>a[i] * b</c>, or <c>a * b[i]</c>, row by row.</summary>
sealed unsafe class ProductKernel<T, V, S, TLeft, TRight>(KernelPlan plan, Loop row) : BlockKernel(plan, row, plan.Rest(row), Block)
    where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> where TLeft : struct, IWalk where TRight : struct, IWalk
{
    const int Block = 1 << 14;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long length)
    {
        var a = (T*)addresses[0];
        var b = (T*)addresses[1];
        var result = (T*)addresses[2];
        var (left, right) = (S.Broadcast(*a), S.Broadcast(*b));
        var count = (nint)length;
        nint i = 0;
        for (; i <= count - 4 * S.Count; i += 4 * S.Count)
        {
            Multiply(a, left, b, right, result, i);
            Multiply(a, left, b, right, result, i + S.Count);
            Multiply(a, left, b, right, result, i + 2 * S.Count);
            Multiply(a, left, b, right, result, i + 3 * S.Count);
        }
        for (; i <= count - S.Count; i += S.Count) Multiply(a, left, b, right, result, i);
        for (; i < count; i++) result[i] = a[TLeft.Moves ? i : 0] * b[TRight.Moves ? i : 0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Multiply(T* a, V left, T* b, V right, T* result, nint i) =>
        S.Store(result + i, S.Multiply(TLeft.Moves ? S.Load(a + i) : left, TRight.Moves ? S.Load(b + i) : right));
}
