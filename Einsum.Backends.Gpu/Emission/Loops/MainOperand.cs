namespace EinsumNet.Backends.Gpu;

/// <summary>The operand that has the most elements: what reads it in order reads at the memory's speed.</summary>
static class MainOperand
{
    internal static int Of(KernelPlan plan) => Enumerable.Range(0, plan.Operands.Length).MaxBy(operand => Elements(plan, operand));

    internal static double Elements(KernelPlan plan, int tensor) =>
        plan.Loops.Where(loop => loop.Strides[tensor] != 0).Aggregate(1.0, (product, loop) => product * loop.Extent);

    /// <summary>Whether a loop of the roles moves the tensor to its neighbours.</summary>
    internal static bool HasNeighbours(KernelPlan plan, int tensor, Func<LoopRole, bool> roles) =>
        plan.Loops.Any(loop => roles(loop.Role) && loop.Strides[tensor] == 1);
}
