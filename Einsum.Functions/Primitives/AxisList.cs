using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>Axes, as a parameter of a primitive: equal where the axes are.</summary>
[CollectionBuilder(typeof(AxisList), nameof(Create))]
readonly struct AxisList : IEquatable<AxisList>, IReadOnlyList<int>
{
    readonly ImmutableArray<int> _axes;

    AxisList(ImmutableArray<int> axes) => _axes = axes;

    public static AxisList Create(ReadOnlySpan<int> axes) => new([.. axes]);

    public int Count => _axes.Length;

    public int this[int index] => _axes[index];

    /// <summary>The sizes of the other axes.</summary>
    internal Shape Without(Shape shape)
    {
        var axes = _axes;
        return [.. Enumerable.Range(0, shape.Rank).Where(axis => !axes.Contains(axis)).Select(axis => shape[axis])];
    }

    public bool Equals(AxisList other) => _axes.AsSpan().SequenceEqual(other._axes.AsSpan());

    public override bool Equals(object? obj) => obj is AxisList other && Equals(other);

    public override int GetHashCode() => _axes.Aggregate(_axes.Length, HashCode.Combine);

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _axes)}]";
}
