using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Equations of every form with axes in random order and sizes from tiny to larger than the caches, in the form of the files of cases: what is slow among them
/// is what the lists of cases do not show. The same seed gives the same cases.
/// </summary>
sealed class RandomCases(int seed)
{
    const string Letters = "abcdefghijklmnop";

    readonly Random _random = new(seed);

    /// <summary>So many cases of each form.</summary>
    internal IEnumerable<JsonNode> Each(int count)
    {
        Func<JsonNode>[] forms = [Contraction, Permutation, Sum, Product, ProductAndSum, Batch, Skinny, Small];
        return forms.SelectMany(form => Enumerable.Range(0, count).Select(_ => form())).ToList();
    }

    JsonNode Contraction()
    {
        const double leastWork = 4e6, mostWork = 6e8;
        long rows = Size(8, 3000), columns = Size(8, 1500), depth = Size(4, 1500), batch = _random.Next(4) == 0 ? Size(2, 64) : 1;
        while (2.0 * rows * columns * depth * batch > mostWork) (rows, depth) = (Math.Max(8, rows / 2), Math.Max(4, depth / 2));
        while (2.0 * rows * columns * depth * batch < leastWork) rows *= 2;
        var sizes = new Dictionary<char, long>();
        string m = Axes(rows, sizes), n = Axes(columns, sizes), k = Axes(depth, sizes), b = batch > 1 ? Axes(batch, sizes, 1) : "";
        return Case("contraction", [Shuffle(m + k + b), Shuffle(k + n + b)], Shuffle(m + n + b), sizes);
    }

    JsonNode Permutation()
    {
        var sizes = new Dictionary<char, long>();
        var axes = Axes(Size(3e4, 3e7), sizes, _random.Next(2, 7));
        var result = Shuffle(axes);
        return Case("permutation", [axes], result == axes ? string.Concat(axes.Reverse()) : result, sizes);
    }

    JsonNode Sum()
    {
        var sizes = new Dictionary<char, long>();
        var axes = Axes(Size(3e4, 2e7), sizes, _random.Next(1, 5));
        return Case("sum", [axes], Shuffle(Some(axes, 0.5, butOne: true)), sizes);
    }

    JsonNode Product()
    {
        var sizes = new Dictionary<char, long>();
        var axes = Axes(Size(3e4, 8e6), sizes, _random.Next(2, 5));
        return Case("product", Factors(axes), axes, sizes);
    }

    JsonNode ProductAndSum()
    {
        var sizes = new Dictionary<char, long>();
        var axes = Axes(Size(3e4, 8e6), sizes, _random.Next(2, 5));
        return Case("product and sum", Factors(axes), Shuffle(Some(axes, 0.5, butOne: true)), sizes);
    }

    JsonNode Batch()
    {
        const double mostElements = 2e7, mostWork = 1.5e7;
        long i = Size(2, 32), j = Size(2, 32), k = Size(2, 32);
        var batch = Math.Min(Size(50, Math.Max(60, mostWork / (i * j * k))), (long)(mostElements / (i * j + j * k + i * k)));
        return Case("batch", [Mostly("bij"), Mostly("bjk")], Mostly("bik"), new() { ['b'] = batch, ['i'] = i, ['j'] = j, ['k'] = k });
    }

    JsonNode Skinny()
    {
        while (true)
        {
            double i = Size(1, 1e5), j = Size(1, 1e5), k = Size(1, 1e5);
            if (2 * i * j * k is < 1e5 or > 3e8 || 4 * (i * j + j * k + i * k) > 3e8) continue;
            return Case("skinny", [Shuffle("ij"), Shuffle("jk")], Shuffle("ik"), new() { ['i'] = (long)i, ['j'] = (long)j, ['k'] = (long)k });
        }
    }

    JsonNode Small()
    {
        const string axes = "abcd";
        var sizes = axes.ToDictionary(axis => axis, _ => _random.NextInt64(2, 13));
        string[] operands = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Shuffle(axes)[.._random.Next(1, 4)])];
        return Case("small", operands, Some(string.Concat(string.Concat(operands).Distinct().Order()), 0.5, butOne: false), sizes);
    }

    /// <summary>One operand with all axes, and some with some of them.</summary>
    string[] Factors(string axes)
    {
        List<string> factors = [_random.Next(3) == 0 ? Shuffle(axes) : axes];
        for (var more = _random.Next(1, 4); more > 0; more--) factors.Add(Some(axes, 0.6, butOne: false) is { Length: > 0 } some ? some : axes[..1]);
        return [.. factors.OrderBy(_ => _random.Next())];
    }

    /// <summary>A size on a logarithmic scale.</summary>
    long Size(double least, double most) => (long)Math.Round(Math.Exp(Math.Log(least) + _random.NextDouble() * Math.Log(most / least)));

    /// <summary>New axes whose sizes multiply to about so many.</summary>
    string Axes(double total, Dictionary<char, long> sizes, int count = 0)
    {
        const int few = 64;
        if (count == 0) count = _random.Next(1, total > few ? 4 : 2);
        var weights = Enumerable.Range(0, count).Select(_ => 0.4 + 0.6 * _random.NextDouble()).ToArray();
        var axes = Letters.Substring(sizes.Count, count);
        for (var i = 0; i < count; i++) sizes[axes[i]] = Math.Max(2, (long)Math.Round(Math.Pow(total, weights[i] / weights.Sum())));
        return axes;
    }

    string Some(string axes, double share, bool butOne)
    {
        var some = string.Concat(axes.Where(_ => _random.NextDouble() < share));
        return butOne && some.Length == axes.Length ? some[1..] : some;
    }

    string Mostly(string axes) => _random.NextDouble() < 0.4 ? Shuffle(axes) : axes;

    string Shuffle(string axes)
    {
        var letters = axes.ToCharArray();
        _random.Shuffle(letters);
        return new(letters);
    }

    static JsonObject Case(string family, string[] operands, string result, Dictionary<char, long> sizes)
    {
        const int floatBytes = 4;
        var labels = string.Concat(operands).Distinct().Order().ToArray();
        var isSum = labels.Any(label => !result.Contains(label));
        var spec = $"{string.Join(',', operands)}->{result}";
        return new()
        {
            ["name"] = $"{family}/{spec}/{string.Join(' ', labels.Select(label => string.Create(CultureInfo.InvariantCulture, $"{label}={sizes[label]}")))}",
            ["family"] = family,
            ["kind"] = "einsum",
            ["spec"] = spec,
            ["shapes"] = new JsonArray([.. operands.Select(operand => new JsonArray([.. operand.Select(label => JsonValue.Create(sizes[label]))]))]),
            ["dtype"] = "float32",
            ["flops"] = Elements(labels) * (isSum ? operands.Length : operands.Length - 1),
            ["bytes"] = floatBytes * (operands.Sum(operand => Elements(operand)) + Elements(result)),
        };

        double Elements(IEnumerable<char> axes) => axes.Aggregate(1.0, (product, label) => product * sizes[label]);
    }
}
