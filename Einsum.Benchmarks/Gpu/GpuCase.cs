using EinsumNet.Backends.Gpu;

namespace EinsumNet.Benchmarks;

/// <summary>An equation to measure on a device.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Equation">Of one-letter labels, with its output.</param>
/// <param name="Sizes">The labels' sizes.</param>
/// <param name="Precision">What factors may be rounded to.</param>
/// <param name="Only">The one element type that it is measured with; null for all those of floating point that the precision is for.</param>
sealed record GpuCase(string Name, string Equation, IReadOnlyDictionary<char, int> Sizes, MatrixPrecision Precision = MatrixPrecision.Full, string? Only = null)
{
    internal const string Batched = "bij,bjk->bik";

    static readonly MatrixPrecision[] s_precisions = [MatrixPrecision.Full, MatrixPrecision.Tf32, MatrixPrecision.BFloat16];

    internal bool Has(string type) => Only is null ? type == "float" || Precision == MatrixPrecision.Full && type is "Half" or "double" : type == Only;

    internal string[] Terms => Equation.Split("->")[0].Split(',');

    internal string Output => Equation.Split("->")[1];

    internal IEnumerable<char> Labels => Equation.Where(char.IsLetter).Distinct();

    /// <summary>Whether it is limited by arithmetic: a product of two matrices or batches of them.</summary>
    internal bool IsProduct => Terms.Length == 2 && Labels.Any(label => !Output.Contains(label)) && Terms.All(term => term.Any(label => Output.Contains(label) && Terms.Count(other => other.Contains(label)) == 1));

    internal double Flops => 2 * Labels.Aggregate(1.0, (product, label) => product * Sizes[label]);

    /// <summary>Each operand read once and the result written once.</summary>
    internal double Elements => Terms.Append(Output).Sum(term => (double)Length(term));

    internal nint[] Shape(string term) => [.. term.Select(label => (nint)Sizes[label])];

    internal long Length(string term) => term.Aggregate(1L, (product, label) => product * Sizes[label]);

    /// <summary>The cases; a small device, such as a processor that poses as one, gets small ones.</summary>
    internal static IEnumerable<GpuCase> All(bool isSmall)
    {
        foreach (var n in isSmall ? [256, 128] : new[] { 8192, 4096, 1024 })
            foreach (var precision in s_precisions)
                yield return new($"product {n}", "ij,jk->ik", Of(('i', n), ('j', n), ('k', n)), precision);
        // Fewer than 64 rows are not for warpgroups: on sm_90, too, these run by mma.sync.
        foreach (var (name, rows, other) in isSmall ? [("small product", 48, 48), ("thin product", 48, 256)] : new[] { ("small product", 48, 48), ("thin product", 48, 4096) })
            foreach (var precision in s_precisions)
                yield return new(name, "ij,jk->ik", Of(('i', rows), ('j', other), ('k', other)), precision);
        foreach (var type in new[] { "int", "Complex" })
            yield return new($"product of {type}", "ij,jk->ik", isSmall ? Of(('i', 96), ('j', 96), ('k', 96)) : Of(('i', 2048), ('j', 2048), ('k', 2048)), Only: type);
        var (b, s, d) = isSmall ? (4, 64, 32) : (64, 1024, 64);
        yield return new("batched", Batched, Of(('b', b), ('i', s), ('j', s), ('k', s)));
        yield return new("attention scores", "bqd,bkd->bqk", Of(('b', b), ('q', s), ('k', s), ('d', d)));
        yield return new("attention values", "bqk,bkd->bqd", Of(('b', b), ('q', s), ('k', s), ('d', d)));
        var m = isSmall ? 512 : 8192;
        yield return new("matrix-vector", "ij,j->i", Of(('i', m), ('j', m)));
        yield return new("vector-matrix", "ij,i->j", Of(('i', m), ('j', m)));
        yield return new("sum of rows", "ij->i", Of(('i', m), ('j', m)));
        yield return new("sum of columns", "ij->j", Of(('i', m), ('j', m)));
        yield return new("sum of all", "ij->", Of(('i', m), ('j', m)));
        yield return new("transpose", "ij->ji", Of(('i', m), ('j', m)));
        yield return new("transpose of three axes", "ijk->kji", Of(('i', m / 8), ('j', 64), ('k', m / 8)));
        yield return new("fused chain", "ij,ij,j->ij", Of(('i', m), ('j', m)));
        yield return new("fused chain and sum", "ij,ij,j->i", Of(('i', m), ('j', m)));
    }

    static Dictionary<char, int> Of(params (char Label, int Size)[] sizes) => sizes.ToDictionary(size => size.Label, size => size.Size);
}
