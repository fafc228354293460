namespace EinsumNet.Tests.Conformance;

/// <summary>
/// Random equations over the whole language: 1 to 5 operands, ranks 0 to 5, repeated and lone labels, ellipses, sizes 0 and 1, names,
/// implicit outputs; with <paramref name="extensions"/> also labels twice in the output, and labels that only the output has.
/// </summary>
sealed class EquationGenerator(int seed, bool extensions = false, int mostIterations = 3000)
{
    static readonly string[] s_letters = ["i", "j", "k", "A", "β", "b", "Z"];
    static readonly string[] s_words = ["i", "batch", "_0", "head2", "k", "𝓐", "Δx"];
    static readonly int[] s_operands = [1, 1, 2, 2, 2, 2, 3, 3, 4, 5];

    readonly Random _random = new(seed);

    internal EquationCase Next()
    {
        while (true)
            if (Draw() is { } drawn) return drawn;
    }

    EquationCase? Draw()
    {
        var isBracketed = OneIn(4);
        var pool = (isBracketed ? s_words : s_letters)[..];
        _random.Shuffle(pool);
        var sizes = pool[.._random.Next(1, pool.Length)].ToDictionary(name => name, _ => Size());
        long[] ellipsis = OneIn(3) ? [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Size())] : [];
        var hasEllipsis = ellipsis.Length > 0 || OneIn(10);

        var terms = Enumerable.Range(0, s_operands[_random.Next(s_operands.Length)]).Select(_ => DrawTerm(sizes, ellipsis, hasEllipsis)).ToList();
        var used = terms.SelectMany(term => term.Labels).Distinct().ToArray();
        if (used.Select(name => sizes[name]).Concat(ellipsis).Aggregate(1L, (product, size) => product * Math.Max(1, size)) > mostIterations) return null;

        var inputs = string.Join(',', terms.Select(term => OneIn(12) ? $"conj({Print(term, isBracketed)})" : Print(term, isBracketed)));
        var output = OneIn(4) ? "" : $"->{Print(DrawOutput(used, hasEllipsis), isBracketed)}";
        return new EquationCase(inputs + output, [.. terms.Select(term => term.Sizes)]);
    }

    readonly record struct DrawnTerm(List<string> Labels, int Ellipsis, long[] Sizes);

    DrawnTerm DrawTerm(Dictionary<string, long> sizes, long[] ellipsis, bool hasEllipsis)
    {
        var names = sizes.Keys.ToArray();
        var labels = new List<string>();
        for (var rank = _random.Next(6); rank > 0; rank--)
        {
            var label = names[_random.Next(names.Length)];
            if (!labels.Contains(label) || OneIn(4)) labels.Add(label);
        }
        // An operand's repeated label has one size: a diagonal is never broadcast.
        var own = labels.Distinct().ToDictionary(label => label, label => OneIn(12) ? 1 : sizes[label]);
        var shape = labels.Select(label => own[label]).ToList();
        if (!hasEllipsis || OneIn(3)) return new DrawnTerm(labels, -1, [.. shape]);

        var position = _random.Next(labels.Count + 1);
        var covered = ellipsis[_random.Next(ellipsis.Length + 1)..];
        shape.InsertRange(position, covered.Select(size => OneIn(8) ? 1 : size));
        return new DrawnTerm(labels, position, [.. shape]);
    }

    DrawnTerm DrawOutput(string[] used, bool hasEllipsis)
    {
        _random.Shuffle(used);
        var labels = used.Where(_ => !OneIn(2)).ToList();
        if (extensions && labels.Count is > 0 and < 4 && OneIn(2)) labels.Insert(_random.Next(labels.Count + 1), labels[_random.Next(labels.Count)]);
        if (extensions && OneIn(3)) labels.Insert(_random.Next(labels.Count + 1), OneIn(4) ? "u" : "y");
        return new DrawnTerm(labels, hasEllipsis && !OneIn(6) ? _random.Next(labels.Count + 1) : -1, []);
    }

    string Print(DrawnTerm term, bool isBracketed)
    {
        var words = term.Labels.ToList();
        if (term.Ellipsis >= 0) words.Insert(term.Ellipsis, "...");
        return isBracketed || OneIn(10) ? $"[{string.Join(' ', words)}]" : string.Concat(words);
    }

    long Size() => _random.Next(40) switch
    {
        0 => 0,
        < 4 => 1,
        < 10 => _random.Next(7, 40),
        _ => _random.Next(2, 7),
    };

    bool OneIn(int n) => _random.Next(n) == 0;
}
