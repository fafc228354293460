namespace EinsumNet.Functions;

/// <summary>Makes what runs of what was planned.</summary>
static class StepFactory
{
    internal static Step Make(PlannedStep step, Buffers buffers) => step switch
    {
        NestPlan nest when EngineScope.Device is { } device => new DeviceNestStep(device, nest.Kernel),
        NestPlan nest => new NestStep(nest.Kernel),
        ContractPlan contract => new ContractStep(contract),
        FusedContractPlan fused => new FusedContractStep(fused, buffers.Count),
        BlockPlan block => new BlockStep(block, [.. block.Steps.Select(part => Part(part, block))], buffers.Count),
        WholePlan whole => whole.Step,
        _ => throw new InvalidOperationException($"No step runs {step}."),
    };

    static PartStep Part(PlannedStep step, BlockPlan block) => step switch
    {
        NestPlan nest => new NestStep(nest.Kernel, block.Leading.Length),
        ContractPlan contract => new ContractPart(contract, block.Leading, block.Rows),
        _ => throw new InvalidOperationException($"{step} is no part of a block."),
    };
}
