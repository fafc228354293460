using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// An equation with the sizes of its labels. A label is a small integer from here on; an axis of size 1 has none (<see cref="NoLabel"/>), so that
/// broadcasting is the absence of a label and every label that is left has a size other than 1.
/// </summary>
/// <param name="Equation">What was bound.</param>
/// <param name="Shapes">The operands' shapes.</param>
/// <param name="Labels">Name and size by label.</param>
/// <param name="Inputs">Per operand, the label of each axis.</param>
/// <param name="Output">The label of each axis of the result.</param>
/// <param name="OutputShape">The shape of the result.</param>
/// <param name="Broadcast">The names of the labels that had both size 1 and another.</param>
sealed record BoundEquation(
    Equation Equation, ImmutableArray<Shape> Shapes, ImmutableArray<BoundLabel> Labels,
    ImmutableArray<ImmutableArray<int>> Inputs, ImmutableArray<int> Output, Shape OutputShape, ImmutableArray<string> Broadcast)
{
    internal const int NoLabel = -1;

    /// <summary>Whether some sum or some axis of the result is empty.</summary>
    internal bool HasEmptyLabel
    {
        get
        {
            foreach (var label in Labels)
                if (label.Size == 0) return true;
            return false;
        }
    }

    /// <summary>Whether the result is written on a diagonal.</summary>
    internal bool RepeatsOutputLabel
    {
        get
        {
            for (var axis = 1; axis < Output.Length; axis++)
                if (Output[axis] != NoLabel && Output.AsSpan()[..axis].Contains(Output[axis])) return true;
            return false;
        }
    }

    /// <summary>The distinct labels of the axes, in order.</summary>
    internal static ImmutableArray<int> Distinct(IEnumerable<int> axes) => [.. axes.Where(label => label != NoLabel).Distinct()];

    /// <summary>The labels as a term of a canonical equation: <c>ij</c>, or <c>[batch i]</c>.</summary>
    internal string Print(IEnumerable<int> labels)
    {
        var names = labels.Select(label => Labels[label].Name).ToList();
        return names.All(name => name.Length == 1) ? string.Concat(names) : $"[{string.Join(' ', names)}]";
    }

    /// <summary><c>ij,j->i i=3 j=4</c></summary>
    public override string ToString() =>
        $"{string.Join(",", Inputs.Select(PrintAxes))}->{PrintAxes(Output)} {string.Join(' ', Labels.Select(label => $"{label.Name}={label.Size}"))}".TrimEnd();

    string PrintAxes(ImmutableArray<int> axes)
    {
        var names = axes.Select(label => label == NoLabel ? "1" : Labels[label].Name).ToList();
        return names.All(name => name.Length == 1) ? string.Concat(names) : $"[{string.Join(' ', names)}]";
    }
}

/// <summary>A label's name and its size, which is not 1.</summary>
readonly record struct BoundLabel(string Name, long Size);
