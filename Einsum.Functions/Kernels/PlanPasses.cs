using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The passes over the steps of a plan before code is made of them, in order.</summary>
static class PlanPasses
{
    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers, BlockLimits limits)
    {
        steps = FuseKernels.Run(steps, buffers.FirstLocal);
        steps = BlockSteps.Run(steps, buffers, limits);
        if (limits != BlockLimits.None) steps = AddEpilogues.Run(steps, buffers);
        steps = SplitReductions.Run(steps, buffers);
        return steps;
    }
}
