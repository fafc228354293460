namespace EinsumNet.Backends.Cpu;

/// <summary><c>bij,bjk->ikb</c>, <c>abc->cb</c>: copies tensors into an order of their axes that another family is fast in, part by part.</summary>
sealed class TurnedFamily : KernelFamily
{
    internal override string Name => "turned";

    internal override bool CanRun(KernelPlan plan) => TurnedShape.Of(plan) is not null;

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => Create(TurnedShape.Of(plan)!, simdBits);

    internal override CpuKernel? TryCreate(KernelPlan plan, int simdBits) => TurnedShape.Of(plan) is { } shape ? Create(shape, simdBits) : null;

    static CpuKernel Create(TurnedShape shape, int simdBits) => shape.Cut is null ? new TurnedWhole(shape, simdBits) : new TurnedBlocks(shape, simdBits);
}
