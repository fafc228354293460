using System.Numerics;
using System.Numerics.Tensors;

namespace EinsumNet.Backends.Cpu;

/// <summary>Changes the element type of rows: nearest where it rounds, the closest value where it is out of range.</summary>
sealed class ConvertFamily : KernelFamily
{
    internal override string Name => "convert";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Transpose
        && plan.Operands[0].Element != plan.Element
        && plan.Loops.All(loop => loop.Extent > 0)
        && plan.Loops.Any(loop => loop.Strides is [1, 1]);

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => plan.Operands[0].Element.Accept(new From(plan));

    readonly struct From(KernelPlan plan) : INumberVisitor
    {
        public CpuKernel Visit<TOperand>() where TOperand : unmanaged, INumberBase<TOperand> => plan.Element.Accept(new To<TOperand>(plan));
    }

    readonly struct To<TOperand>(KernelPlan plan) : INumberVisitor where TOperand : unmanaged, INumberBase<TOperand>
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T> => new ConvertRows<TOperand, T>(plan);
    }
}

/// <summary><c>out[i] = (T)a[i]</c></summary>
sealed unsafe class ConvertRows<TOperand, T>(KernelPlan plan) : RowKernel(plan, plan.Loops.First(loop => loop.Strides is [1, 1]))
    where TOperand : unmanaged, INumberBase<TOperand> where T : unmanaged, INumberBase<T>
{
    protected override void Row(void* source, void* destination, int count)
    {
        if (typeof(TOperand) == typeof(Half) && typeof(T) == typeof(float)) Halves.Widen((ushort*)source, (float*)destination, count);
        else if (typeof(TOperand) == typeof(float) && typeof(T) == typeof(Half)) Halves.Narrow((float*)source, (ushort*)destination, count);
        else TensorPrimitives.ConvertSaturating(new ReadOnlySpan<TOperand>(source, count), new Span<T>(destination, count));
    }
}
