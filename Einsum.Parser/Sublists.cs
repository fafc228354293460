namespace EinsumNet;

/// <summary>
/// Writes integer sublists as an equation's text, so that there is one way from there to an equation:
/// [[null, 0], [0, 1]] ---> <c>[... _0],[_0 _1]->[... _1]</c>
/// </summary>
static class Sublists
{
    internal static string ToText(int?[][] inputs, int?[]? output)
    {
        if (inputs.Length == 0) throw ParseErrors.NoSublist();
        for (var operand = 0; operand < inputs.Length; operand++) Check(operand, inputs[operand]);
        if (output is not null) Check(-1, output);
        return $"{string.Join(',', inputs.Select(Term))}->{Term(output ?? ImplicitOutput(inputs))}";
    }

    static void Check(int operand, int?[] sublist)
    {
        ArgumentNullException.ThrowIfNull(sublist);
        var axis = Array.FindIndex(sublist, label => label < 0);
        if (axis >= 0) throw ParseErrors.NegativeSublistLabel(operand, axis, sublist[axis]!.Value);
    }

    /// <summary>The rule for letters orders by code point and would put <c>_10</c> before <c>_9</c>.</summary>
    static int?[] ImplicitOutput(int?[][] inputs)
    {
        var labels = inputs.SelectMany(sublist => sublist).ToLookup(label => label is null);
        var once = labels[false].GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key).Order();
        return [.. labels[true].Take(1), .. once];
    }

    static string Term(int?[] sublist) => $"[{string.Join(' ', sublist.Select(label => label is { } number ? $"_{number}" : "..."))}]";
}
