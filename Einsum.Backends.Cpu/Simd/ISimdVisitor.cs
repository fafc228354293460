using System.Numerics;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Makes a kernel with an element type and a vector width, known only as values, as its type arguments.</summary>
interface ISimdVisitor
{
    CpuKernel Visit<T, V, S>() where T : unmanaged, INumberBase<T> where V : struct where S : struct, ISimd<T, V>;
}

static class SimdVisitors
{
    /// <summary>Whether vectors hold such elements and can multiply and add them.</summary>
    internal static bool IsVectorisable(this ElementType element) => element is not (ElementType.Half or ElementType.Complex or ElementType.Bool);

    /// <summary>What is multiplied and summed in vectors: floats where the plan's element is Half.</summary>
    internal static ElementType Arithmetic(this KernelPlan plan) => plan.Element == ElementType.Half ? ElementType.Float : plan.Element;

    /// <summary>The plan with all tensors of one type.</summary>
    internal static KernelPlan Of(this KernelPlan plan, ElementType element) =>
        plan with { Operands = [.. plan.Operands.Select(operand => operand with { Element = element })], Result = plan.Result with { Element = element } };

    /// <summary>Whether vectors hold what is multiplied and summed, and operands and result are of that type, or halves of it.</summary>
    internal static bool IsVectorisable(this KernelPlan plan)
    {
        var arithmetic = plan.Arithmetic();
        foreach (var operand in plan.Operands)
            if (operand.Element != arithmetic && (operand.Element, arithmetic) != (ElementType.Half, ElementType.Float)) return false;
        return arithmetic.IsVectorisable();
    }

    /// <summary>Whether register tiles hold such elements: those of four and eight bytes.</summary>
    internal static bool FitsTiles(this ElementType element) => element.IsVectorisable() && element.Size() >= 4;

    internal static CpuKernel Accept<TVisitor>(this ElementType element, int simdBits, TVisitor visitor) where TVisitor : struct, ISimdVisitor =>
        element.Accept(new ByWidth<TVisitor>(simdBits, visitor));

    /// <summary>Visits with a type that fits tiles; integers without a sign are those with one, whose sums and products have the same bits.</summary>
    internal static CpuKernel AcceptTiled<TVisitor>(this ElementType element, int simdBits, TVisitor visitor) where TVisitor : struct, ISimdVisitor
    {
        var byWidth = new ByWidth<TVisitor>(simdBits, visitor);
        return element switch
        {
            ElementType.Float => byWidth.Visit<float>(),
            ElementType.Double => byWidth.Visit<double>(),
            _ => element.Size() == 4 ? byWidth.Visit<int>() : byWidth.Visit<long>(),
        };
    }

    readonly struct ByWidth<TVisitor>(int simdBits, TVisitor visitor) : INumberVisitor where TVisitor : struct, ISimdVisitor
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T> => simdBits switch
        {
            128 => visitor.Visit<T, Vector128<T>, Simd128<T>>(),
            256 => visitor.Visit<T, Vector256<T>, Simd256<T>>(),
            512 => visitor.Visit<T, Vector512<T>, Simd512<T>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(simdBits)),
        };
    }
}
