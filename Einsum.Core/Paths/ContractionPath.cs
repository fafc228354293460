using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// An order of contractions, as NumPy and opt_einsum write it: each step names positions in the list of operands that are left, removes
/// them, and appends its result at the end.
/// </summary>
/// <param name="Steps">Positions per step, ascending; two for a pairwise contraction, more for a fused one.</param>
/// <param name="Remark">Why the path is what it is, where that is not plain; plans print it.</param>
public sealed record ContractionPath(ImmutableArray<ImmutableArray<int>> Steps, string? Remark = null)
{
    /// <summary>The path that contracts all operands in one step.</summary>
    public static ContractionPath Single(int operands, string? remark = null) => new([[.. Enumerable.Range(0, operands)]], remark);

    /// <summary><c>(0, 1), (0, 1)</c></summary>
    public override string ToString() => string.Join(", ", Steps.Select(step => $"({string.Join(", ", step)})"));

    /// <summary>Whether both have the same steps.</summary>
    public bool Equals(ContractionPath? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();

    /// <summary>Why the path does not contract so many operands to one, or null where it does.</summary>
    internal string? WhyInvalid(int operands)
    {
        if (Steps.IsDefaultOrEmpty) return "it has no step";
        foreach (var step in Steps)
        {
            if (step.IsDefaultOrEmpty) return "a step is empty";
            if (step.Distinct().Count() != step.Length) return $"step ({string.Join(", ", step)}) names a position twice";
            if (step.Any(position => position < 0 || position >= operands))
                return $"step ({string.Join(", ", step)}) names a position outside of the {operands} operands that are left";
            operands += 1 - step.Length;
        }
        return operands == 1 ? null : $"{operands} operands are left at its end";
    }
}
