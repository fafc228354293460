using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EinsumNet.Functions;

/// <summary>EIN0524 for what a lambda must give and did not: C# lets null through.</summary>
static class Given
{
    /// <summary>The operands of an operation, none of which is null.</summary>
    internal static ImmutableArray<TensorExpr> Operands(string operation, ImmutableArray<TensorExpr> operands) => [.. Each(operands.AsSpan(), operation, "operand")];

    internal static TensorExpr Operand(string operation, int index, [NotNull] TensorExpr? operand) => operand ?? throw FunctionErrors.Missing($"operand {index} of {operation}");

    /// <summary>The values, and each of them.</summary>
    internal static TensorExpr[] Values([NotNull] TensorExpr?[]? values, string owner, string name)
    {
        if (values is null) throw FunctionErrors.Missing($"the list of {name switch { "carry" => "carries", "xs" => "xs", _ => $"{name}s" }} of {owner}");
        return Each(values, owner, name);
    }

    static TensorExpr[] Each(ReadOnlySpan<TensorExpr?> values, string owner, string name)
    {
        var given = new TensorExpr[values.Length];
        for (var i = 0; i < given.Length; i++) given[i] = values[i] ?? throw FunctionErrors.Missing($"{name} {i} of {owner}");
        return given;
    }
}
