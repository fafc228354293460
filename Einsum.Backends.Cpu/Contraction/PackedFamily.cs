using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->bik</c> with any number of loops in each role and any strides: blocked matrix products on packed panels.</summary>
/// <param name="caches">What blocks are cut for.</param>
sealed class PackedFamily(CacheSizes caches) : KernelFamily
{
    internal PackedFamily() : this(CacheSizes.Machine) { }

    internal override string Name => "packed";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Contraction
        && plan.Element is ElementType.Float or ElementType.Double
        && plan.Operands.Append(plan.Result).All(operand => operand.Element == plan.Element && operand.Map == Elementwise.Identity);

    internal override CpuKernel Create(KernelPlan plan, int simdBits) =>
        plan.Element == ElementType.Float ? OfWidth<float>(plan, simdBits) : OfWidth<double>(plan, simdBits);

    CpuKernel OfWidth<T>(KernelPlan plan, int simdBits) where T : unmanaged => simdBits switch
    {
        128 => OfRegisters<T, Vector128<T>, Simd128<T>>(plan),
        256 => OfRegisters<T, Vector256<T>, Simd256<T>>(plan),
        _ => OfRegisters<T, Vector512<T>, Simd512<T>>(plan),
    };

    CpuKernel OfRegisters<T, V, S>(KernelPlan plan) where T : unmanaged where V : struct where S : struct, ISimd<T, V> =>
        S.HasManyRegisters
            ? new PackedKernel<T, V, S, ManyRegisters<T, V, S>>(plan, caches)
            : new PackedKernel<T, V, S, FewRegisters<T, V, S>>(plan, caches);
}
