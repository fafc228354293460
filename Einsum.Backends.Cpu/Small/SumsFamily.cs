using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bj->bi</c> and <c>bi,bi->b</c>, where j, or i, walks through few neighbours.</summary>
sealed class SumsFamily : KernelFamily
{
    internal override string Name => "sums";

    internal override bool CanRun(KernelPlan plan) => SmallPlan.IsPlain(plan) && SumsShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var shape = SumsShape.Of(plan)!;
        var bits = SmallPlan.BitsFor(shape.Terms.Extent * plan.Element.Size(), simdBits);
        return plan.Element.AcceptTiled(bits, new Maker(plan, shape));
    }

    readonly struct Maker(KernelPlan plan, SumsShape shape) : ISimdVisitor
    {
        public CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V> =>
            ((shape.Terms.Extent + S.Count - 1) / S.Count) switch
            {
                1 => OfLength<T, V, S, RowOf1>(),
                2 => OfLength<T, V, S, RowOf2>(),
                3 => OfLength<T, V, S, RowOf3>(),
                4 => OfLength<T, V, S, RowOf4>(),
                _ => OfLength<T, V, S, RowOfMany>(),
            };

        CpuKernel OfLength<T, V, S, TLength>() where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TLength : struct, IRowLength =>
            shape.Rows.Strides[1 - shape.A] != 0 ? new SumsKernel<T, V, S, TLength, Neighbours>(plan, shape) : new SumsKernel<T, V, S, TLength, OneElement>(plan, shape);
    }
}
