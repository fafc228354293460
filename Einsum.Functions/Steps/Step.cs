using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>One step of a program: reads buffers and writes others. Buffers are numbered: operands, results, then intermediates.</summary>
abstract unsafe class Step(ImmutableArray<int> reads, ImmutableArray<int> writes)
{
    internal ImmutableArray<int> Reads => reads;

    internal ImmutableArray<int> Writes => writes;

    /// <summary>What it does, as Explain prints it.</summary>
    internal abstract string Text { get; }

    /// <summary>The steps that it is made of, which Explain prints under it.</summary>
    internal virtual IEnumerable<Step> Parts => [];

    /// <summary>The programs that it launches in each turn of a loop on a device.</summary>
    internal virtual IEnumerable<Program> Bodies => [];

    internal abstract void Run(nint* addresses);
}

/// <summary>A step that can run for a part of its leading axes.</summary>
abstract unsafe class PartStep(ImmutableArray<int> reads, ImmutableArray<int> writes) : Step(reads, writes)
{
    /// <summary>Runs from and to the bounds, two for each leading axis; addresses are those of the whole buffers.</summary>
    internal abstract void RunPart(nint* addresses, long* bounds);
}
