using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>Rebuilds a program step by step, numbering the values anew.</summary>
sealed class StepRewriter(IndexProgram source)
{
    readonly Dictionary<int, int> _renamed = Enumerable.Range(0, source.OperandCount).ToDictionary(value => value);

    internal IndexProgram Target { get; private set; } = source with { Steps = [] };

    /// <summary>The new number of a value of the source.</summary>
    internal int this[int value] => _renamed[value];

    /// <summary>Appends a step over new numbers and gives its value.</summary>
    internal int Append(IndexStep step)
    {
        Target = Target with { Steps = Target.Steps.Add(step) };
        return Target.OperandCount + Target.Steps.Length - 1;
    }

    /// <summary>Appends the step that stands for the source's step <paramref name="index"/>.</summary>
    internal void Replace(int index, ImmutableArray<int> operands, ImmutableArray<int> result) =>
        _renamed[source.OperandCount + index] = Append(new IndexStep(operands, result));
}
