using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>What a scan combines elements with.</summary>
enum ScanOperation { Add, Multiply, Max, Min }

/// <summary><c>out[n, i] = a[n, 0] op a[n, 1] op ... op a[n, i]</c>; without the last of them where the scan is exclusive.</summary>
/// <param name="Element">The element type of operand and result.</param>
/// <param name="Operation">The operation.</param>
/// <param name="IsExclusive">Whether an element is not combined with itself: the first is the operation's neutral element.</param>
/// <param name="Outer">The loops n, with the strides of operand and result.</param>
/// <param name="Along">The loop i, likewise.</param>
sealed record ScanPlan(ElementType Element, ScanOperation Operation, bool IsExclusive, ImmutableArray<Loop> Outer, Loop Along)
{
    /// <summary>Where in their buffers the first elements of the operand and of the result lie.</summary>
    internal (long Source, long Result) Starts { get; init; }

    /// <summary>Sums wrap around as unsigned words do; what is compared keeps its sign.</summary>
    internal IrType Arithmetic => Operation is ScanOperation.Max or ScanOperation.Min ? Element.Value() : Element.Arithmetic();
}
