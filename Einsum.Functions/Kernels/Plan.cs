using System.Collections.Immutable;
using System.Text;

namespace EinsumNet.Functions;

/// <summary>The steps of a program in order, and where its intermediates lie in the workspace.</summary>
sealed record Plan(ImmutableArray<PlannedStep> Planned, ImmutableArray<Step> Steps, ImmutableArray<TensorType> Types, int FirstLocal, ImmutableArray<long> Offsets, long WorkspaceBytes, int Operands, string? Remark)
{
    internal int BufferCount => FirstLocal + Offsets.Length;

    /// <summary>The plan with code for each step.</summary>
    internal static Plan Of(ImmutableArray<PlannedStep> steps, Buffers buffers, int operands, string? remark)
    {
        var (offsets, bytes) = LayOut.Run(steps, buffers);
        return new Plan(steps, [.. steps.Select(step => StepFactory.Make(step, buffers))], buffers.Types, buffers.FirstLocal, offsets, bytes, operands, remark);
    }

    /// <summary>One line per step: <c>kernel 0: ... reads in0, in1, writes out0</c>; the steps of a block stand under it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Remark is not null) text.Append(Remark).Append('\n');
        foreach (var (i, step) in Steps.Index())
        {
            text.Append($"kernel {i}: {step.Text}; {Traffic(step)}\n");
            foreach (var part in step.Parts) text.Append($"  {part.Text}; {Traffic(part)}\n");
        }
        return text.Append($"workspace {WorkspaceBytes} bytes").ToString();
    }

    string Traffic(Step step) => $"reads {Names(step.Reads)}; writes {Names(step.Writes)}";

    string Names(ImmutableArray<int> buffers) => buffers.IsEmpty ? "nothing" : string.Join(", ", buffers.Select(Name));

    string Name(int buffer) => buffer < Operands ? $"in{buffer}" : buffer < FirstLocal ? $"out{buffer - Operands}" : $"tmp{buffer - FirstLocal}";
}
