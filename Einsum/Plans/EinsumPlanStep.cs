namespace EinsumNet;

/// <summary>One step of a plan.</summary>
/// <param name="Contraction">The step as an equation: <c>ij,jk->ik</c>.</param>
/// <param name="Values">What it makes of what: <c>%2 = %0 %1</c>.</param>
/// <param name="Term">The step as nested vmaps: <c>vmap(vmap(dot, (0, null), 0), (null, 1), 1)</c>.</param>
/// <param name="Sizes">The sizes of its labels: <c>i=10 j=20 k=30</c>.</param>
/// <param name="Flops">Multiplications and additions.</param>
/// <param name="ResultElements">Elements of its result.</param>
/// <param name="Bytes">Bytes that it reads and writes, each tensor once.</param>
/// <param name="Kernel">The kind of loop nest and the kernel that runs it: <c>contraction: packed</c>.</param>
public sealed record EinsumPlanStep(string Contraction, string Values, string Term, string Sizes, double Flops, double ResultElements, double Bytes, string Kernel)
{
    internal static EinsumPlanStep Of(IndexProgram program, KernelStep step, EinsumBackend backend)
    {
        var plan = step.Plan;
        var outputs = plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).Aggregate(1.0, (product, loop) => product * loop.Extent);
        var isSum = plan.Loops.Any(loop => loop.Role == LoopRole.Contracted);
        var flops = plan.Iterations * (Math.Max(0, plan.Operands.Length - 1) + (isSum ? 1 : 0));
        var bytes = outputs * plan.Result.Element.Size();
        foreach (var (i, operand) in plan.Operands.Index())
            bytes += plan.Loops.Where(loop => loop.Strides[i] != 0).Aggregate((double)operand.Element.Size(), (product, loop) => product * loop.Extent);

        var values = $"{Name(step.Result)} = {string.Join(' ', step.Operands.Select(Name))}".TrimEnd();
        var kernel = $"{plan.Kind.Name()}: {backend.Describe(plan)}";
        if (step.Source < 0)
        {
            var what = plan.Kind == KernelKind.Fill ? "fill with zero" : $"{plan.Operands[0].Element.Name()} to {plan.Element.Name()}";
            return new EinsumPlanStep(what, values, "", "", flops, outputs, bytes, kernel);
        }
        var source = program.Steps[step.Source];
        var sizes = string.Join(' ', program.LabelsOf(source).Select(label => $"{program.Bound.Labels[label].Name}={program.Bound.Labels[label].Size}"));
        return new EinsumPlanStep(program.Print(source), values, LowerToVmap.Run(program, source).ToString(), sizes, flops, outputs, bytes, kernel);

        string Name(int value) => value < program.OperandCount ? $"%{value}" : value == program.OperandCount ? "%out" : $"%{value - 1}";
    }
}
