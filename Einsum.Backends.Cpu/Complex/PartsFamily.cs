namespace EinsumNet.Backends.Cpu;

/// <summary><c>ij,jk->ik</c> of complex numbers, by a kernel for doubles; see <see cref="PartsShape"/>.</summary>
/// <param name="create">Makes the kernel for doubles.</param>
sealed class PartsFamily(Func<KernelPlan, int, CpuKernel> create) : KernelFamily
{
    internal PartsFamily() : this(KernelFamilies.Create) { }

    internal override string Name => "parts";

    internal override bool CanRun(KernelPlan plan) => PartsShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(PartsShape.Of(plan)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => PartsShape.Of(plan) is { } shape ? Create(shape, simdBits) : null;

    internal CpuKernel Create(PartsShape shape, int simdBits)
    {
        return shape.IsShared ? new SharedPartsKernel(shape, simdBits, Product) : new PartsKernel(shape, simdBits, Product);

        CpuKernel Product(KernelPlan plan) => create(plan, simdBits);
    }
}
