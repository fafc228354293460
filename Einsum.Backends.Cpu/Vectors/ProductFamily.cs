using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>i,i->i</c>, <c>ij,j->ij</c>, <c>ij,i->ij</c>, <c>i,j,k->ijk</c>: nothing summed, and neighbours of the result read neighbours of one or two
/// operands and one element of the others; <c>ij,ji->ij</c>, where one of the two is transposed on the way.
/// </summary>
/// <param name="cache">Where the operands and the result are larger together, what is over of the result is written past the caches.</param>
sealed class ProductFamily(LastCache cache) : KernelFamily
{
    const int LeastVectors = 4;

    /// <summary>Of shorter rows that are not whole lines, so many lines are written in two parts, once past the caches and once through them, that all of them had better go through.</summary>
    const int LeastStreamedBytes = 1 << 9;

    internal ProductFamily() : this(new LastCache(CacheSizes.Machine, LastCache.Usual)) { }

    internal override string Name => "product";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Operands.Length > 1
        && plan.Element.IsVectorisable()
        && plan.Operands.All(operand => operand.Element == plan.Element)
        && plan.Loops.All(loop => loop.Extent > 0 && loop.Role != LoopRole.Contracted)
        && Row(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) =>
        plan.Element.Accept(simdBits, new Maker(plan, Row(plan)!, simdBits, CachedShare(plan, Row(plan)!)));

    /// <summary>
    /// How much of the result, its beginning, stays in the caches beside the operands: written there again and again, it never goes to memory.
    /// Lines of a transposed operand wait in the caches for their neighbours, which leaves less room.
    /// </summary>
    double CachedShare(KernelPlan plan, ProductRow row)
    {
        var result = plan.Bytes(plan.Operands.Length);
        if (row.Turned.Length > 0) return cache.Holds(1.5 * plan.Footprint()) ? 1 : 0;
        var size = plan.Element.Size();
        if (row.Row.Extent * size < LeastStreamedBytes && !row.KeepsLines(size)) return 1;
        return cache.Holds(plan.Footprint()) ? 1 : Math.Clamp((cache.Bytes - (plan.Footprint() - result)) / result, 0, 1);
    }

    static ProductRow? Row(KernelPlan plan)
    {
        var row = plan.Loops.FirstOrDefault(loop => loop.ResultStride == 1 && plan.IsLong(loop, LeastVectors));
        if (row is null || row.Strides[..^1].Count(stride => stride != 0) is not (1 or 2)) return null;
        int[] turned = [.. Enumerable.Range(0, plan.Operands.Length).Where(operand => row.Strides[operand] > 1)];
        var around = plan.Loops.Where(loop => !ReferenceEquals(loop, row)).OrderByDescending(loop => loop.ResultStride).ToArray();
        if (turned.Length == 0) return new(row, around.LastOrDefault(), around, turned);
        var rows = around.FirstOrDefault(loop => turned.All(operand => loop.Strides[operand] == 1) && plan.IsLong(loop));
        return rows is null ? null : new(row, rows, [.. around.Where(loop => !ReferenceEquals(loop, rows)), rows], turned);
    }

    readonly struct Maker(KernelPlan plan, ProductRow row, int simdBits, double cachedShare) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V>
        {
            var moving = row.Moving.Length;
            return moving == 1 ? new ProductKernel<T, V, S, ScaledRow>(plan, row, simdBits, cachedShare)
                : moving == plan.Operands.Length ? new ProductKernel<T, V, S, RowPair>(plan, row, simdBits, cachedShare)
                : new ProductKernel<T, V, S, ScaledRowPair>(plan, row, simdBits, cachedShare);
        }
    }
}
