using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Loops run as one counter, the last digit fastest, with their sizes and strides as the kernel sees them: how a family turns a number of a thread
/// into a place in each tensor.
/// </summary>
/// <param name="Extents">The digits' extents, slowest first.</param>
/// <param name="Strides">Per digit, the strides of the operands and last of the result.</param>
/// <param name="Tensors">How many strides a digit has.</param>
sealed record Digits(ImmutableArray<IrExpr> Extents, ImmutableArray<ImmutableArray<IrExpr>> Strides, int Tensors)
{
    /// <param name="loops">The loops, slowest first.</param>
    /// <param name="name">What the sizes' names start with.</param>
    /// <param name="sizes">Where they go.</param>
    /// <param name="tensors">How many tensors the loops have strides for.</param>
    internal static Digits Of(IReadOnlyList<Loop> loops, string name, SizeList sizes, int tensors)
    {
        return new Digits(
            [.. loops.Select((loop, i) => sizes.Extent($"{name}{i}", loop.Extent))],
            [.. loops.Select((loop, i) => loop.Strides.Select((_, tensor) => Stride(loop, i, tensor)).ToImmutableArray())],
            tensors);

        // A contracted loop never moves the result.
        IrExpr Stride(Loop loop, int i, int tensor) =>
            loop.Role == LoopRole.Contracted && tensor == tensors - 1 ? 0 : sizes.Stride($"{name}{i}_{Name(tensor, tensors)}", loop.Strides[tensor]);
    }

    /// <summary>All iterations together.</summary>
    internal IrExpr Extent(IrBuilder to, string name)
    {
        IrExpr product = 1;
        foreach (var extent in Extents) product *= extent;
        return to.Let(name, product);
    }

    internal bool IsEmpty => Extents.IsEmpty;

    /// <summary>The values of the digits at the counter; each is a variable, the slowest first.</summary>
    internal ImmutableArray<IrExpr> Split(IrBuilder to, string name, IrExpr counter)
    {
        var digits = new IrExpr[Extents.Length];
        var rest = counter;
        for (var i = Extents.Length - 1; i > 0; i--)
        {
            digits[i] = to.Let($"{name}{i}", rest % Extents[i]);
            rest = to.Let($"{name}_rest", rest / Extents[i]);
        }
        if (digits.Length > 0) digits[0] = rest;
        return [.. digits];
    }

    /// <summary>How far the tensor has moved at the digits.</summary>
    internal IrExpr Offset(ImmutableArray<IrExpr> digits, int tensor)
    {
        IrExpr offset = 0;
        for (var i = 0; i < digits.Length; i++) offset += digits[i] * Strides[i][tensor];
        return offset;
    }

    /// <summary>The tensor's name: operands are a, b, c and so on, the result is out.</summary>
    internal static string Name(int tensor, int tensors) => tensor == tensors - 1 ? "out" : Name(tensor);

    internal static string Name(int operand) => operand < 26 ? ((char)('a' + operand)).ToString() : $"x{operand}";
}
