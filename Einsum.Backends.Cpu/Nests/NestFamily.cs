using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Runs every plan, as a loop nest that is interpreted but for its innermost loop. It is the last resort: what no other family takes, and
/// where no code can be emitted.
/// </summary>
sealed class NestFamily : KernelFamily
{
    internal override string Name => "nest";

    internal override bool CanRun(KernelPlan plan) => true;

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        if (plan.LoopsOf(LoopRole.Contracted).Any(loop => loop.Extent == 0)) return new EmptySum(plan.Operands.Length, Create(WithoutSum(plan), simdBits));
        var operand = plan.Operands.IsEmpty ? plan.Element : plan.Operands[0].Element;
        if (plan.Operands.Any(other => other.Element != operand))
            throw new NotSupportedException($"Operands of different element types: {plan}.");
        if (operand != plan.Element) return operand.Accept(new ConvertingNest(plan));
        return plan.Element switch
        {
            ElementType.Bool => new NestKernel<bool, bool, bool, BooleanAlgebra>(plan),
            ElementType.Complex => new NestKernel<Complex, Complex, Complex, ComplexAlgebra>(plan),
            ElementType.Half => new NestKernel<Half, float, Half, HalfAlgebra>(plan),
            _ => plan.Element.Accept(new RealNest(plan)),
        };
    }

    /// <summary><c>a[i,k] with k in [0, 0) -> out[i]  --->  0 -> out[i]</c></summary>
    static KernelPlan WithoutSum(KernelPlan plan)
    {
        var free = plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).Select(loop => new Loop(loop.Extent, LoopRole.Free, [loop.ResultStride]));
        return new(KernelKind.Fill, [], plan.Result, [.. free]);
    }

    /// <summary>A fill that is given the addresses of operands, too.</summary>
    sealed unsafe class EmptySum(int operands, CpuKernel fill) : CpuKernel
    {
        internal override void Run(nint* addresses, CpuContext context) => fill.Run(addresses + operands, context);
    }

    readonly struct RealNest(KernelPlan plan) : INumberVisitor
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T> => new NestKernel<T, T, T, RealAlgebra<T>>(plan);
    }

    readonly struct ConvertingNest(KernelPlan plan) : INumberVisitor
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T> => plan.Element.Accept(new ConvertingNest<T>(plan));
    }

    readonly struct ConvertingNest<TOperand>(KernelPlan plan) : INumberVisitor where TOperand : unmanaged, INumberBase<TOperand>
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T> => new NestKernel<TOperand, T, T, ConvertingAlgebra<TOperand, T>>(plan);
    }
}
