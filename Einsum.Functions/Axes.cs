using System.Collections;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>
/// Which axis of each operand or result is mapped: one integer or null for all of them, or one per value as a collection expression
/// (<c>[0, null]</c>). Negative axes count from the end.
/// </summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public readonly struct Axes : IEquatable<Axes>, IEnumerable<int?>
{
    // The default is axis 0 for every value.
    readonly int _all;
    readonly bool _isNone;
    readonly int?[]? _each;

    Axes(int? all, int?[]? each) => (_all, _isNone, _each) = (all ?? 0, all is null, each);

    int? All => _isNone ? null : _all;

    /// <summary>Axes of each value in turn.</summary>
    public static Axes Create(ReadOnlySpan<int?> axes) => new(0, axes.ToArray());

    /// <summary>The same axis for every value.</summary>
    public static implicit operator Axes(int axis) => new(axis, null);

    /// <summary>The same axis for every value, or none where it is null.</summary>
    public static implicit operator Axes(int? axis) => new(axis, null);

    internal int? Count => _each?.Length;

    internal int? this[int value] => _each is null ? All : _each[value];

    /// <summary>Whether both name the same axes.</summary>
    public bool Equals(Axes other) => All == other.All && (_each is null ? other._each is null : other._each is not null && _each.AsSpan().SequenceEqual(other._each));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Axes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(All, _each?.Length);

    /// <summary>The axes of each value, or the one for all.</summary>
    public IEnumerator<int?> GetEnumerator() => ((IEnumerable<int?>)(_each ?? [All])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As it is written: <c>0</c>, <c>null</c> or <c>[0, null]</c>.</summary>
    public override string ToString() => _each is null ? Text(All) : $"[{string.Join(", ", _each.Select(Text))}]";

    static string Text(int? axis) => axis?.ToString() ?? "null";
}
