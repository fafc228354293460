using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// The sizes and strides of a kernel: arguments, so that one text serves many shapes, or constants of the text. Strides of 0 and 1 can be constants
/// among arguments, where a compiler makes something of them.
/// </summary>
sealed class SizeList(bool specialise, bool units = false)
{
    readonly List<VariableExpr> _parameters = [];
    readonly List<long> _arguments = [];

    internal ImmutableArray<VariableExpr> Parameters => [.. _parameters];

    internal ImmutableArray<long> Arguments => [.. _arguments];

    internal IrExpr Extent(string name, long extent) => specialise ? extent : Argument(name, extent);

    internal IrExpr Stride(string name, long stride) => specialise || units && stride is 0 or 1 ? stride : Argument(name, stride);

    /// <summary>A number that is never a constant.</summary>
    internal IrExpr Argument(string name, long value)
    {
        var parameter = new VariableExpr(IrType.Index, name);
        _parameters.Add(parameter);
        _arguments.Add(value);
        return parameter;
    }
}
