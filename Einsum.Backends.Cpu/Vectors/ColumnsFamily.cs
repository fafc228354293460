using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bi->bj</c>, its mirror image, and <c>bij->bj</c>, where j walks through neighbours of the matrix and of the result.</summary>
/// <param name="cache">Of what does not fit it, more rows are read at once.</param>
/// <param name="leastVectors">How many vectors a row has at least.</param>
sealed class ColumnsFamily(LastCache cache, int leastVectors = 8) : KernelFamily
{
    internal ColumnsFamily() : this(new LastCache(CacheSizes.Machine, LastCache.Usual)) { }

    internal override string Name => "columns";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind is KernelKind.MatrixVector or KernelKind.Reduction && PairShape.Fits(plan) && plan.Contracted() is not null && Columns(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Element.Accept(simdBits, new Maker(plan, Columns(plan)!, isFar: !cache.Holds(plan.Footprint())));

    Loop? Columns(KernelPlan plan) => plan.Rest(without: null).FirstOrDefault(loop =>
        loop.ResultStride == 1 && loop.Strides[..^1].Sum() == 1 && plan.IsLong(loop, leastVectors));

    readonly struct Maker(KernelPlan plan, Loop columns, bool isFar) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            plan.Operands.Length == 1 ? new ColumnsKernel<T, V, S, SingleTerm>(plan, columns, isFar) : new ColumnsKernel<T, V, S, ProductTerm>(plan, columns, isFar);
    }
}
