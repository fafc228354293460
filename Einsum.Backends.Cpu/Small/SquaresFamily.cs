using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->bik</c> and <c>ij,jk->ik</c> of matrices of which a vector holds several rows.</summary>
/// <param name="cache">Where the operands and the result are larger together, the result is written past the caches.</param>
sealed class SquaresFamily(LastCache cache) : KernelFamily
{
    internal SquaresFamily() : this(new LastCache(CacheSizes.Machine, LastCache.Usual)) { }

    internal override string Name => "squares";

    /// <summary>With one row a vector nothing is gained.</summary>
    internal override bool CanRun(KernelPlan plan) => SquaresShape.Of(plan) is { } shape && SharesVectors(plan, shape);

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(plan, SquaresShape.Of(plan)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => SquaresShape.Of(plan) is { } shape && SharesVectors(plan, shape) ? Create(plan, shape, simdBits) : null;

    static bool SharesVectors(KernelPlan plan, SquaresShape shape) => shape.BitsFor(plan, SimdWidth.Bits) > 8 * shape.RowBytes(plan);

    CpuKernel Create(KernelPlan plan, SquaresShape shape, int simdBits) => plan.Element.AcceptTiled(shape.BitsFor(plan, simdBits), new Maker(plan, shape, cache));

    readonly struct Maker(KernelPlan plan, SquaresShape shape, LastCache cache) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            shape.RowBytes(plan) == 16 ? new SquaresKernel<T, V, S, SixteenBytes>(plan, shape, cache) : new SquaresKernel<T, V, S, ThirtyTwoBytes>(plan, shape, cache);
    }
}
