using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bj->bi</c>, its mirror image, and <c>bij->bi</c>, where j walks through neighbours of the matrix.</summary>
sealed class RowsFamily : KernelFamily
{
    internal override string Name => "rows";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind is KernelKind.MatrixVector or KernelKind.Reduction && PairShape.Fits(plan) && plan.IsRow(plan.Contracted()) && Rows(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Element.Accept(simdBits, new Maker(plan, Rows(plan)!));

    /// <summary>The longest loop that moves one operand only: the rows of that operand.</summary>
    static Loop? Rows(KernelPlan plan) =>
        plan.Rest(without: null).Where(loop => loop.Strides[..^1].Count(stride => stride != 0) == 1).MaxBy(loop => loop.Extent);

    readonly struct Maker(KernelPlan plan, Loop rows) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            plan.Operands.Length == 1 ? new RowsKernel<T, V, S, SingleTerm>(plan, rows) : new RowsKernel<T, V, S, ProductTerm>(plan, rows);
    }
}
