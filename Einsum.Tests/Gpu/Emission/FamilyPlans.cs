using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>A plan for each family, by a line such as <c>rows float ij->i 100 2000</c>: the family, the element type, the equation, the sizes of its labels in order of appearance.</summary>
static class FamilyPlans
{
    internal static (KernelPlan Plan, EmitOptions Options) Parse(string line)
    {
        var words = line.Split(' ');
        var element = Enum.Parse<ElementType>(words[1], ignoreCase: true);
        var labels = words[2].Where(char.IsLetter).Distinct().ToArray();
        var plan = EquationPlan.Make(words[2], element, label => long.Parse(words[3 + Array.IndexOf(labels, label)]));
        if (words[2].StartsWith("->", StringComparison.Ordinal)) plan = plan with { Kind = KernelKind.Fill, Operands = [], Loops = [.. plan.Loops.Select(loop => loop with { Strides = [loop.ResultStride] })] };
        var options = new EmitOptions(Family: words[0]);
        foreach (var option in words[(3 + labels.Length)..])
        {
            var value = option[(option.IndexOf('=') + 1)..];
            options = option[..option.IndexOf('=')] switch
            {
                "splits" => options with { Splits = int.Parse(value) },
                "precision" => options with { Precision = Enum.Parse<MatrixPrecision>(value, ignoreCase: true) },
                "specialise" => options with { Specialise = bool.Parse(value) },
                "tile" => options with { Tile = Tile(value) },
                var other => throw new InvalidOperationException($"No option {other}."),
            };
        }
        return (plan, options);
    }

    static TileShape Tile(string text)
    {
        var sizes = text.Split('x', '/').Select(int.Parse).ToArray();
        return new TileShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes.Length > 5 ? sizes[5] : 1);
    }
}
