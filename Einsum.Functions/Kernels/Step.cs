using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>One step of a program: reads buffers and writes others. Buffers are numbered: operands, results, then intermediates.</summary>
abstract unsafe class Step(ImmutableArray<int> reads, ImmutableArray<int> writes)
{
    internal ImmutableArray<int> Reads => reads;

    internal ImmutableArray<int> Writes => writes;

    /// <summary>What it does, as Explain prints it.</summary>
    internal abstract string Text { get; }

    internal abstract void Run(nint* addresses);
}
