using System.Globalization;
using System.Text.Json.Nodes;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Cases like those of the files, of other sizes, and some with their axes in another order: what is tuned to a list of cases shows beside them. The same seed gives the same cases.
/// </summary>
sealed class NearCases(int seed)
{
    const double Smallest = 0.55, Largest = 1.6, ShareOfOrders = 0.4, ShareOfEven = 0.4, MostBytes = 5e8;
    const int Even = 8, FloatBytes = 4;

    readonly Random _random = new(seed);

    /// <summary>One for each case that is an equation of one-letter labels.</summary>
    internal IEnumerable<JsonNode> Of(IEnumerable<JsonNode> cases) =>
        cases.Where(@case => @case["kind"]!.GetValue<string>() == "einsum" && !Spec(@case).Contains('.')).Select(Near).ToList();

    static string Spec(JsonNode @case) => @case["spec"]!.GetValue<string>().Replace(" ", "");

    JsonNode Near(JsonNode @case)
    {
        var sides = Spec(@case).Split("->");
        var (operands, result) = (sides[0].Split(','), sides[1]);
        var shapes = @case["shapes"]!.AsArray().Select(shape => shape!.AsArray().Select(size => size!.GetValue<long>()).ToArray()).ToArray();
        var old = operands.SelectMany((operand, i) => operand.Zip(shapes[i])).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);
        Dictionary<char, long> sizes;
        do sizes = old.ToDictionary(pair => pair.Key, pair => Size(pair.Value)); while (Tensors().Max(tensor => Elements(tensor, sizes)) * FloatBytes > MostBytes);

        string[] orders = [.. operands.Select(Order)];
        var to = Order(result);
        var isCopy = operands.Length == 1 && orders[0] == to;
        var spec = isCopy ? $"{sides[0]}->{result}" : $"{string.Join(',', orders)}->{to}";
        var near = @case.DeepClone();
        near["spec"] = spec;
        near["name"] = $"{near["family"]}/{spec}/{string.Join(' ', sizes.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")))}";
        near["shapes"] = new JsonArray([.. (isCopy ? operands : orders).Select(operand => new JsonArray([.. operand.Select(label => JsonValue.Create(sizes[label]))]))]);
        near["flops"] = near["flops"]!.GetValue<double>() * Elements(sizes.Keys, sizes) / Elements(old.Keys, old);
        near["bytes"] = near["bytes"]!.GetValue<double>() * Tensors().Sum(tensor => Elements(tensor, sizes)) / Tensors().Sum(tensor => Elements(tensor, old));
        near.AsObject().Remove("reference");
        return near;

        IEnumerable<string> Tensors() => operands.Append(result);
    }

    /// <summary>A size near this one on a logarithmic scale.</summary>
    long Size(long size)
    {
        var near = Math.Max(2, (long)Math.Round(size * Math.Exp(Math.Log(Smallest) + _random.NextDouble() * Math.Log(Largest / Smallest))));
        return size >= 2 * Even && _random.NextDouble() < ShareOfEven ? Math.Max(Even, near / Even * Even) : near;
    }

    /// <summary>The axes in another order, or as they are; diagonals are left.</summary>
    string Order(string axes)
    {
        if (axes.Distinct().Count() < axes.Length || _random.NextDouble() >= ShareOfOrders) return axes;
        var letters = axes.ToCharArray();
        _random.Shuffle(letters);
        return new(letters);
    }

    static double Elements(IEnumerable<char> axes, Dictionary<char, long> sizes) => axes.Aggregate(1.0, (product, label) => product * sizes[label]);
}
