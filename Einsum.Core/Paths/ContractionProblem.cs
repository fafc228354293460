using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>What a path finder has to order: the operands' labels, the output's, and every label's size.</summary>
/// <param name="Inputs">Per operand its distinct labels; labels are indices into <paramref name="Sizes"/>.</param>
/// <param name="Output">The labels of the result.</param>
/// <param name="Sizes">The size of each label, none of them 1.</param>
/// <param name="MaxIntermediate">The most elements that an intermediate may have, or null.</param>
public sealed record ContractionProblem(
    ImmutableArray<ImmutableArray<int>> Inputs, ImmutableArray<int> Output, ImmutableArray<long> Sizes, double? MaxIntermediate);
