using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// The contractions of one equation in order, on labels alone: no strides yet. Values 0 to n - 1 are the operands, step i makes value n + i,
/// and the last step makes the result.
/// </summary>
sealed record IndexProgram(BoundEquation Bound, ImmutableArray<IndexStep> Steps)
{
    internal int OperandCount => Bound.Inputs.Length;

    /// <summary>The distinct labels of a value, in the order of its axes.</summary>
    internal ImmutableArray<int> LabelsOf(int value) =>
        value < OperandCount ? BoundEquation.Distinct(Bound.Inputs[value]) : Steps[value - OperandCount].Result;

    internal double Size(IEnumerable<int> labels) => labels.Aggregate(1.0, (product, label) => product * Bound.Labels[label].Size);

    /// <summary>Every label of a step, the operands' first.</summary>
    internal IEnumerable<int> LabelsOf(IndexStep step) => step.Operands.SelectMany(value => LabelsOf(value)).Concat(step.Result).Distinct();

    /// <summary>The step as an equation: <c>ij,jk->ik</c>.</summary>
    internal string Print(IndexStep step) => $"{string.Join(",", step.Operands.Select(Print))}->{Bound.Print(step.Result)}";

    string Print(int value)
    {
        var labels = Bound.Print(LabelsOf(value));
        return value < OperandCount && Bound.Equation.Inputs[value].IsConjugated ? $"conj({labels})" : labels;
    }

    /// <summary>What a label is to a step.</summary>
    internal LoopRole RoleOf(IndexStep step, int label)
    {
        var kept = step.Result.Contains(label);
        if (step.Operands.Length != 2) return kept ? LoopRole.Free : LoopRole.Contracted;
        var (left, right) = (LabelsOf(step.Operands[0]).Contains(label), LabelsOf(step.Operands[1]).Contains(label));
        return (kept, left == right) switch
        {
            (false, _) => LoopRole.Contracted,
            (true, true) => LoopRole.Batch,
            _ => left ? LoopRole.Left : LoopRole.Right,
        };
    }

    /// <summary>The labels of a step with what each is to it, worked out once.</summary>
    internal LabelRole[] RolesOf(IndexStep step) => step.Roles ??= [.. LabelsOf(step).Select(label => new LabelRole(label, RoleOf(step, label)))];

    internal KernelKind KindOf(IndexStep step)
    {
        var roles = RolesOf(step).Select(label => label.Role).ToHashSet();
        return KernelKinds.Classify(step.Operands.Length, roles.Contains(LoopRole.Left), roles.Contains(LoopRole.Right), roles.Contains(LoopRole.Contracted));
    }

    /// <summary>One line per step: <c>%2 = ij,jk->ik (%0, %1)</c>.</summary>
    public override string ToString() =>
        string.Join('\n', Steps.Select((step, i) => $"%{OperandCount + i} = {Print(step)} ({string.Join(", ", step.Operands.Select(value => $"%{value}"))})"));
}

/// <summary>One step: the values that it multiplies, and the labels that its result keeps, in the order of the result's axes.</summary>
sealed record IndexStep(ImmutableArray<int> Operands, ImmutableArray<int> Result)
{
    /// <summary>What <see cref="IndexProgram.RolesOf"/> found; a pass that changes a step makes a new one.</summary>
    internal LabelRole[]? Roles { get; set; }
}

/// <summary>A label and what it is to a step.</summary>
readonly record struct LabelRole(int Label, LoopRole Role);
