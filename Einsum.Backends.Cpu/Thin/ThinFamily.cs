using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>ij,jk->ik</c> of up to 16 rows i, or columns k: a matrix that is read once, as in products with a vector, and a few rows of sums.</summary>
sealed class ThinFamily(CacheSizes caches) : KernelFamily
{
    internal ThinFamily() : this(CacheSizes.Machine) { }

    internal override string Name => "thin";

    internal override bool CanRun(KernelPlan plan) => ThinShape.Of(plan, caches) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(plan, ThinShape.Of(plan, caches)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => ThinShape.Of(plan, caches) is { } shape ? Create(plan, shape, simdBits) : null;

    static CpuKernel Create(KernelPlan plan, ThinShape shape, int simdBits) =>
        plan.Element == ElementType.Float ? OfWidth<float>(plan, shape, simdBits) : OfWidth<double>(plan, shape, simdBits);

    static CpuKernel OfWidth<T>(KernelPlan plan, ThinShape shape, int simdBits) where T : unmanaged => simdBits switch
    {
        128 => Of<T, Vector128<T>, Simd128<T>>(plan, shape),
        256 => Of<T, Vector256<T>, Simd256<T>>(plan, shape),
        _ => Of<T, Vector512<T>, Simd512<T>>(plan, shape),
    };

    static CpuKernel Of<T, V, S>(KernelPlan plan, ThinShape shape) where T : unmanaged where V : struct where S : struct, ISimd<T, V> =>
        shape.IsAlongDepth ? new ThinSumsKernel<T, V, S>(plan, shape) : new ThinColumnsKernel<T, V, S>(plan, shape);
}
