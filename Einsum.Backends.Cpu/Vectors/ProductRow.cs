namespace EinsumNet.Backends.Cpu;

/// <summary>The loops of a product without sums.</summary>
/// <param name="Row">The loop through neighbours of the result.</param>
/// <param name="Rows">The loop that goes from row to row of a block; null where there is only one row.</param>
/// <param name="Around">All loops but the row, outermost first; the rows are the last of them where an operand is turned.</param>
/// <param name="Turned">The operands that have neighbours along the rows instead.</param>
sealed record ProductRow(Loop Row, Loop? Rows, Loop[] Around, int[] Turned)
{
    /// <summary>The operands that the row moves.</summary>
    internal int[] Moving { get; } = [.. Enumerable.Range(0, Row.Strides.Length - 1).Where(operand => Row.Strides[operand] != 0)];

    /// <summary>The others.</summary>
    internal int[] Fixed { get; } = [.. Enumerable.Range(0, Row.Strides.Length - 1).Where(operand => Row.Strides[operand] == 0)];

    /// <summary>Whether rows of the result, of so many bytes an element, begin at the same places of cache lines.</summary>
    internal bool KeepsLines(int elementBytes) => Around.All(loop => Lines.IsAligned((nint)loop.ResultStride * elementBytes));
}
