using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>How an equation is contracted for operands of given shapes; prints itself as a table, and travels as JSON.</summary>
public sealed class EinsumPlan
{
    PlanChoice? _chosen;

    EinsumPlan(
        IndexProgram unordered, BindingRules rules, ContractionPath path, string finder, ElementType element, ElementType arithmetic, EinsumBackend backend)
    {
        (Unordered, Program) = (unordered, Pipeline.Order(unordered));
        (Rules, Path, Finder, Element, Arithmetic, Backend) = (rules, path, finder, element, arithmetic, backend);
    }

    /// <summary>Follows the path and lowers.</summary>
    /// <exception cref="EinsumException">The path does not contract the operands to one (EIN0301).</exception>
    internal static EinsumPlan Create(
        BoundEquation bound, BindingRules rules, ContractionPath path, string finder, ElementType element, ElementType arithmetic, EinsumBackend backend)
    {
        if (path.WhyInvalid(bound.Inputs.Length) is { } why) throw PlanErrors.InvalidPath(finder, why);
        // Strides are products of sizes, so what does not fit in 64 bits could not even be planned.
        foreach (var (i, shape) in bound.Shapes.Index())
            if (shape.ElementCount is null) throw BindErrors.TooLarge(bound.Equation, $"operand {i}", shape, element.Size());
        if (bound.OutputShape.ElementCount is null) throw BindErrors.TooLarge(bound.Equation, "the result", bound.OutputShape, element.Size());
        return new EinsumPlan(Pipeline.ToUnordered(bound, path), rules, path, finder, element, arithmetic, backend);
    }

    internal BindingRules Rules { get; }

    internal IndexProgram Program { get; }

    /// <summary>The program before the order of the axes of its intermediates was chosen, for other sizes.</summary>
    internal IndexProgram Unordered { get; }

    /// <summary>The kernel plans for dense row-major operands; made when they are first asked for, as a call needs only the path.</summary>
    internal KernelProgram Kernels => field ??= Pipeline.ToKernels(
        Program, [.. Shapes.Select(shape => TensorLayout.RowMajor(shape.AsSpan()))], TensorLayout.RowMajor(ResultShape.AsSpan()), Element, Arithmetic, Backend);

    internal ElementType Element { get; }

    internal ElementType Arithmetic { get; }

    internal string Finder { get; }

    internal EinsumBackend Backend { get; }

    /// <summary>The equation.</summary>
    public Equation Equation => Program.Bound.Equation;

    /// <summary>The operands' shapes.</summary>
    public ImmutableArray<Shape> Shapes => Program.Bound.Shapes;

    /// <summary>The shape of the result, <c>[]</c> for a scalar.</summary>
    public Shape ResultShape => Program.Bound.OutputShape;

    /// <summary>The labels that had size 1 in one operand and another size elsewhere, and so were broadcast; <c>...0</c> is the first axis of the longest ellipsis.</summary>
    public ImmutableArray<string> Broadcast => Program.Bound.Broadcast;

    /// <summary>The order of the contractions.</summary>
    public ContractionPath Path { get; }

    /// <summary>What all steps together cost.</summary>
    public EinsumCost Cost => Chosen.Cost;

    /// <summary>What is done, in order, for dense row-major operands.</summary>
    public ImmutableArray<EinsumPlanStep> Steps => Chosen.Steps;

    /// <summary>What runs for dense operands on the host, as the backend chooses now.</summary>
    internal PlanChoice Chosen
    {
        get
        {
            var (program, backend, why) = Backend.Choose(Kernels);
            var before = _chosen;
            return _chosen = new PlanChoice(program, why, ReferenceEquals(before?.Program, program) ? before.Steps : [.. program.Steps.Select(step => EinsumPlanStep.Of(Program, step, backend))]);
        }
    }

    /// <summary>The plan as a table: equation, path, costs, and a line per step.</summary>
    public override string ToString() => PlanTable.Print(this);

    /// <summary>The equation, shapes, element type, options and path as JSON, so that a library can embed a plan as a string.</summary>
    public string ToJson() => PlanJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote; the path is taken as it stands, not searched again.</summary>
    /// <exception cref="EinsumException">The text is not such JSON (EIN0304), or its equation, shapes or path are not valid.</exception>
    public static EinsumPlan FromJson(string json) => PlanJson.Read(json);
}

/// <summary>The form of a plan that a backend chose, and why, where it had a choice.</summary>
sealed record PlanChoice(KernelProgram Program, string? Why, ImmutableArray<EinsumPlanStep> Steps)
{
    internal EinsumCost Cost => new(Steps.Sum(step => step.Flops), Steps.Select(step => step.ResultElements).DefaultIfEmpty(0).Max(), Steps.Sum(step => step.Bytes));
}

/// <summary>What a plan costs.</summary>
/// <param name="Flops">Multiplications and additions.</param>
/// <param name="LargestIntermediate">Elements of the largest tensor that a step makes, the result among them.</param>
/// <param name="Bytes">Bytes that the steps read and write, each operand once per step.</param>
public readonly record struct EinsumCost(double Flops, double LargestIntermediate, double Bytes);
