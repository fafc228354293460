using System.Collections;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>The sizes of a tensor's axes, 64-bit, outermost first; written as a collection expression: <c>[10, 20]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<long>
{
    readonly long[]? _sizes;

    Shape(long[] sizes) => _sizes = sizes;

    /// <summary>Makes a shape of the sizes.</summary>
    public static Shape Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray());

    internal static Shape Create(ReadOnlySpan<nint> sizes)
    {
        var copy = new long[sizes.Length];
        for (var i = 0; i < copy.Length; i++) copy[i] = sizes[i];
        return new Shape(copy);
    }

    /// <summary>How many axes there are; 0 for a scalar.</summary>
    public int Rank => AsSpan().Length;

    int IReadOnlyCollection<long>.Count => Rank;

    /// <summary>The size of one axis.</summary>
    public long this[int axis] => AsSpan()[axis];

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<long> AsSpan() => _sizes;

    /// <summary>The product of the sizes, 1 for a scalar, or null where it does not fit in 64 bits.</summary>
    internal long? ElementCount
    {
        get
        {
            if (AsSpan().Contains(0)) return 0;
            var count = 1L;
            foreach (var size in AsSpan())
            {
                var next = Math.BigMul(count, size, out var low);
                if (next != 0 || low < 0) return null;
                count = low;
            }
            return count;
        }
    }

    /// <summary>Whether the sizes are equal, axis by axis.</summary>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in AsSpan()) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Whether the sizes are equal, axis by axis.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether the sizes differ on some axis.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The sizes, outermost first.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The sizes in brackets: <c>[10, 20]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _sizes ?? [])}]";
}
