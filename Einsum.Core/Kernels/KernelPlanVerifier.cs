using System.Diagnostics;

namespace EinsumNet;

/// <summary>What every kernel plan promises to the backends; checked as plans are made in Debug builds.</summary>
static class KernelPlanVerifier
{
    [Conditional("DEBUG")]
    internal static void Check(KernelPlan plan)
    {
        if (WhyInvalid(plan) is { } why) throw new InvalidOperationException($"The kernel plan '{plan}' is not valid: {why}.");
    }

    internal static string? WhyInvalid(KernelPlan plan)
    {
        var operands = plan.Operands.Length;
        foreach (var loop in plan.Loops)
        {
            if (loop.Strides.Length != operands + 1) return $"'{loop}' has not one stride per operand and one for the result";
            if (loop.Extent == 1) return $"'{loop}' is no loop";
            if (loop.Strides.Any(stride => stride < 0)) return $"'{loop}' has a negative stride";
            if ((loop.Role == LoopRole.Contracted) != (loop.ResultStride == 0)) return $"'{loop}' is contracted and moves the result, or neither";
            if (operands == 2 ? loop.Role == LoopRole.Free : loop.Role is LoopRole.Batch or LoopRole.Left or LoopRole.Right)
                return $"'{loop}' has a role that a step of {operands} operands does not know";
            if (loop.Role == LoopRole.Left && loop.Strides[1] != 0 || loop.Role == LoopRole.Right && loop.Strides[0] != 0)
                return $"'{loop}' is free in one operand and moves the other";
        }
        return plan.Kind == KernelKinds.Classify(operands, plan.Loops) ? null : $"its loops do not make it {plan.Kind.Name()}";
    }
}
