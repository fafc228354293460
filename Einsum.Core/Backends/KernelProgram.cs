using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// The steps of one call in order. With n operands, values 0 to n - 1 are the operands, value n is the result, and n + 1 onwards are the
/// intermediates, which lie dense in a workspace where those that never live at once share memory.
/// </summary>
sealed record KernelProgram(int OperandCount, ImmutableArray<KernelStep> Steps, ImmutableArray<long> WorkspaceOffsets, long WorkspaceBytes)
{
    /// <summary>The same for the device of a backend that chooses between it and the host, where kernels of both convert elements as they read and write them, each those that suit it; null where nothing is converted.</summary>
    internal KernelProgram? OnDevice { get; init; }

    /// <summary>Lays intermediates of the given sizes, in bytes, out in a workspace.</summary>
    internal static KernelProgram Create(int operandCount, ImmutableArray<KernelStep> steps, ImmutableArray<long> intermediates)
    {
        var (offsets, bytes) = WorkspaceLayout.Assign(operandCount + 1, steps, intermediates);
        return new KernelProgram(operandCount, steps, offsets, bytes);
    }

    /// <summary>One line per step: <c>%out = contraction double ... (%0, %1)</c>.</summary>
    public override string ToString() => string.Join('\n', Steps.Select(step => $"{Name(step.Result)} = {step.Plan} ({string.Join(", ", step.Operands.Select(Name))})"));

    string Name(int value) => value < OperandCount ? $"%{value}" : value == OperandCount ? "%out" : $"%{value - 1}";
}

/// <summary>A kernel plan applied to values: those it reads, in the plan's order of operands, and the one it writes.</summary>
/// <param name="Source">Which step of the <see cref="IndexProgram"/> this is, or -1 for a conversion or a fill.</param>
sealed record KernelStep(KernelPlan Plan, ImmutableArray<int> Operands, int Result, int Source);
