namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The elements of an operand that one register tile needs: entry (i, p) lies at <c>Start[i * Stride + p * Step]</c>, in a packed block or,
/// where the operand lies well already, in the operand itself.
/// </summary>
unsafe struct Panel<T> where T : unmanaged
{
    internal T* Start;
    internal nint Stride;
    internal nint Step;

    /// <summary>Whether the entries are to be copied to a packed block.</summary>
    internal bool IsPacked;

    /// <summary>Where the first tile that needs the entries reads them, <see cref="SourceStep"/> apart, and makes the packed copy for those after it; null where they are packed before.</summary>
    internal T* Source;

    internal nint SourceStep;

    internal readonly bool IsPackedBefore => IsPacked && Source is null;
}

/// <summary>Which entries of a block (rows of x, columns of y) a panel has; the same for all its blocks of depth.</summary>
struct PanelShape
{
    /// <summary>The first entry, and how many there are.</summary>
    internal int First, Count;

    /// <summary>Entries that the micro-kernel reads, and that a packed panel has room for.</summary>
    internal int Width;

    /// <summary>Whether the entries are neighbours in the operand, and in the result.</summary>
    internal bool Neighbours, ResultNeighbours;

    /// <summary>Whether whole cache lines lie between the entries' places in the result.</summary>
    internal bool ResultByLines;

    /// <summary>
    /// So many groups of <see cref="LanePanels"/> panels, the first beginning here, differ by one element in the operand: its neighbours lie in
    /// different panels. 1 where there is no such group, 0 within one.
    /// </summary>
    internal int Lanes;

    internal int LanePanels;
}
