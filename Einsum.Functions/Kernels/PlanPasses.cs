using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The passes over the steps of a plan before code is made of them, in order.</summary>
static class PlanPasses
{
    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers, BlockLimits limits)
    {
        steps = FuseKernels.Run(steps, buffers.FirstLocal);
        steps = BlockSteps.Run(steps, buffers, limits);
        if (limits != BlockLimits.None) steps = FuseContracts(steps, buffers);
        steps = SplitReductions.Run(steps, buffers);
        return steps;
    }

    /// <summary>Contractions with what is computed of their operands and of their results.</summary>
    internal static ImmutableArray<PlannedStep> FuseContracts(ImmutableArray<PlannedStep> steps, Buffers buffers) => AddPrologues.Run(AddEpilogues.Run(steps, buffers), buffers);
}
