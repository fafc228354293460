using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Offset + the sum of Factors[i] times counter i.</summary>
sealed record Affine(long Offset, ImmutableArray<long> Factors)
{
    internal static Affine Zero(int loops) => new(0, [.. new long[loops]]);

    internal static Affine Counter(int loops, int loop) => new(0, [.. Enumerable.Range(0, loops).Select(i => i == loop ? 1L : 0)]);

    internal Affine Times(long factor) => new(Offset * factor, [.. Factors.Select(each => each * factor)]);

    internal Affine Plus(Affine other) => new(Offset + other.Offset, [.. Factors.Zip(other.Factors, (left, right) => left + right)]);

    internal Affine Plus(long offset) => this with { Offset = Offset + offset };

    /// <summary>The same of other loops: loop i of these is <paramref name="places"/>[i] of those.</summary>
    internal Affine OnLoops(ReadOnlySpan<int> places, int loops)
    {
        var factors = new long[loops];
        for (var i = 0; i < places.Length; i++) factors[places[i]] += Factors[i];
        return new Affine(Offset, [.. factors]);
    }

    /// <summary>The least and the greatest value over loops of these extents, none of them empty.</summary>
    internal (long Least, long Most) Range(Func<int, long> extent)
    {
        var (least, most) = (Offset, Offset);
        for (var loop = 0; loop < Factors.Length; loop++)
        {
            var reach = Factors[loop] * Math.Max(0, extent(loop) - 1);
            if (reach < 0) least += reach;
            else most += reach;
        }
        return (least, most);
    }

    public bool Equals(Affine? other) => other is not null && Offset == other.Offset && Factors.AsSpan().SequenceEqual(other.Factors.AsSpan());

    public override int GetHashCode() => Factors.Aggregate(Offset.GetHashCode(), HashCode.Combine);

    /// <summary><c>20 i0 + i1 + 3</c></summary>
    public override string ToString()
    {
        var terms = Factors.Index().Where(factor => factor.Item != 0).Select(factor => factor.Item == 1 ? $"i{factor.Index}" : $"{factor.Item} i{factor.Index}").ToList();
        if (Offset != 0 || terms.Count == 0) terms.Add(Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return string.Join(" + ", terms);
    }
}
