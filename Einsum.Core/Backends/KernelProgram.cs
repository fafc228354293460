using System.Collections.Immutable;
using System.Text;

namespace EinsumNet;

/// <summary>
/// The steps of one call in order. Values 0 to <paramref name="OperandCount"/> - 1 are the operands; step i makes value OperandCount + i, the last one the result.
/// </summary>
/// <param name="OperandCount">How many operands the call has.</param>
/// <param name="Steps">The kernel plans and the values that they read.</param>
/// <param name="Intermediates">Per step but the last: where its dense result lies in the workspace.</param>
/// <param name="WorkspaceBytes">Bytes of workspace that one run needs.</param>
sealed record KernelProgram(int OperandCount, ImmutableArray<KernelStep> Steps, ImmutableArray<Buffer> Intermediates, long WorkspaceBytes)
{
    /// <summary>One line per step: <c>%2 = contraction double ... (%0, %1)</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Steps.Length; i++)
            text.Append(i > 0 ? "\n" : "").Append($"%{OperandCount + i} = {Steps[i].Plan} ({string.Join(", ", Steps[i].Operands.Select(value => $"%{value}"))})");
        return text.ToString();
    }
}

/// <summary>A kernel plan applied to values.</summary>
/// <param name="Plan">What to do.</param>
/// <param name="Operands">The values read, in the plan's order of operands.</param>
sealed record KernelStep(KernelPlan Plan, ImmutableArray<int> Operands);

/// <summary>A stretch of the workspace, in bytes; the offset is a multiple of 64.</summary>
readonly record struct Buffer(long Offset, long Bytes);
