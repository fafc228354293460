using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// What a loop's label is to the step. In a pairwise step: batch (both operands and the output), left or right (free in that operand), contracted.
/// In any other: free (in the output) or contracted.
/// </summary>
enum LoopRole { Batch, Left, Right, Free, Contracted }

/// <summary>One loop: its extent (not 1), its role, and how many elements each operand and, last, the result moves per iteration.</summary>
sealed record Loop(long Extent, LoopRole Role, ImmutableArray<long> Strides)
{
    /// <summary>The result's stride, 0 for a contracted loop.</summary>
    internal long ResultStride => Strides[^1];

    /// <summary><c>left 10 (20 0 30)</c></summary>
    public override string ToString() => $"{Role.ToString().ToLowerInvariant()} {Extent} ({string.Join(' ', Strides)})";

    public bool Equals(Loop? other) => other is not null && Extent == other.Extent && Role == other.Role && Strides.SequenceEqual(other.Strides);

    public override int GetHashCode() => HashCode.Combine(Extent, Role, Strides.Length > 0 ? Strides[0] : 0);
}
