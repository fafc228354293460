using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->bik</c> with any number of loops in each role and any strides: blocked matrix products on packed panels.</summary>
sealed class PackedFamily : KernelFamily
{
    internal override string Name => "packed";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Contraction
        && plan.Element is ElementType.Float or ElementType.Double
        && plan.Operands.Append(plan.Result).All(operand => operand.Element == plan.Element && operand.Map == Elementwise.Identity);

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        var shape = ContractionShape.Of(plan);
        return plan.Element == ElementType.Float ? OfWidth<float>(shape, simdBits) : OfWidth<double>(shape, simdBits);
    }

    static CpuKernel OfWidth<T>(ContractionShape shape, int simdBits) where T : unmanaged => simdBits switch
    {
        128 => OfRegisters<T, Vector128<T>, Simd128<T>>(shape),
        256 => OfRegisters<T, Vector256<T>, Simd256<T>>(shape),
        _ => OfRegisters<T, Vector512<T>, Simd512<T>>(shape),
    };

    static CpuKernel OfRegisters<T, V, S>(ContractionShape shape) where T : unmanaged where V : struct where S : struct, ISimd<T, V> =>
        S.HasManyRegisters
            ? new PackedKernel<T, V, S, MicroKernel14x2<T, V, S>>(shape)
            : new PackedKernel<T, V, S, MicroKernel6x2<T, V, S>>(shape);
}
