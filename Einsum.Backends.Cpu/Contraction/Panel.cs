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

    /// <summary>Whether the entries are neighbours in the operand's memory.</summary>
    internal bool Neighbours;
}
