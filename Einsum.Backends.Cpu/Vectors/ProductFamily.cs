using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>i,i->i</c>, <c>ij,j->ij</c>, <c>ij,i->ij</c>, <c>i,j->ij</c>: nothing summed, and neighbours of the result read neighbours or one element.</summary>
sealed class ProductFamily : KernelFamily
{
    internal override string Name => "product";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Operands.Length == 2 && PairShape.Fits(plan) && plan.Contracted() is null && Row(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Element.Accept(simdBits, new Maker(plan, Row(plan)!));

    static Loop? Row(KernelPlan plan) =>
        plan.Loops.FirstOrDefault(loop => loop.Strides is [1, 1, 1] or [0, 1, 1] or [1, 0, 1] && plan.IsLong(loop, vectors: 4));

    readonly struct Maker(KernelPlan plan, Loop row) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> => row.Strides switch
        {
            [0, ..] => new ProductKernel<T, V, S, OneElement, Neighbours>(plan, row),
            [_, 0, ..] => new ProductKernel<T, V, S, Neighbours, OneElement>(plan, row),
            _ => new ProductKernel<T, V, S, Neighbours, Neighbours>(plan, row),
        };
    }
}
