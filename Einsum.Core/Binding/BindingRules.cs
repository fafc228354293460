using System.Collections.Frozen;

namespace EinsumNet;

/// <summary>The options that change what an equation means.</summary>
/// <param name="IsStrict">Whether sizes 1 and n on one label are an error.</param>
/// <param name="OutputDiagonal">Whether a label may stand twice in the output.</param>
/// <param name="Sizes">Sizes of labels that no operand has.</param>
sealed record BindingRules(bool IsStrict, bool OutputDiagonal, FrozenDictionary<string, long> Sizes)
{
    internal static readonly BindingRules Default = new(false, false, FrozenDictionary<string, long>.Empty);
}
