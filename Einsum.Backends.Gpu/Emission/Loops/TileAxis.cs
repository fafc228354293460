namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One of a tile's axes: how far tensors move at each of its points. One loop is multiplied by its strides; several loops' offsets are worked out once
/// per tile, shared by the threads, and looked up in local memory.
/// </summary>
sealed class TileAxis
{
    readonly Digits _digits;
    readonly int _length;
    readonly string _name;
    readonly Dictionary<int, IrArray> _tables = [];

    /// <param name="to">Where tables are made.</param>
    /// <param name="name">The axis's name.</param>
    /// <param name="digits">Its loops.</param>
    /// <param name="length">Points in a tile.</param>
    /// <param name="wideIndex">Whether offsets need 64 bits.</param>
    /// <param name="tensors">Whose offsets are asked for.</param>
    internal TileAxis(IrBuilder to, string name, Digits digits, int length, bool wideIndex, params ReadOnlySpan<int> tensors)
    {
        (_digits, _length, _name) = (digits, length, name);
        if (digits.Extents.Length <= 1) return;
        foreach (var tensor in tensors) _tables[tensor] = to.Local($"{name}_{Digits.Name(tensor, digits.Tensors)}", wideIndex ? ElementType.Long : ElementType.Int, length);
    }

    /// <summary>Whether there are tables to fill, and a barrier to pass before they are read.</summary>
    internal bool HasTables => _tables.Count > 0;

    /// <summary>Whether the axis is one loop that moves the tensor to its neighbours.</summary>
    internal bool IsUnit(int tensor) => _digits.Extents.Length == 1 && _digits.Strides[0][tensor] is WholeExpr { Value: 1 };

    /// <summary>Fills the tables for the tile that starts at the point.</summary>
    internal void Fill(IrBuilder to, IrExpr start, int threads)
    {
        if (!HasTables) return;
        to.For(_name + "_point", new BuiltinExpr(IrBuiltin.Thread), _length, threads, point =>
        {
            var digits = _digits.Split(to, _name + "_", to.Let(_name + "_at", start + point));
            foreach (var (tensor, table) in _tables) to.Store(table, point, _digits.Offset(digits, tensor).As(table.Element.Value()));
        });
    }

    /// <summary>How far the tensor has moved at a point of the tile.</summary>
    internal IrExpr Offset(int tensor, IrExpr start, IrExpr point) =>
        _tables.TryGetValue(tensor, out var table) ? table[point].As(IrType.Index)
        : _digits.IsEmpty ? 0
        : (start + point) * _digits.Strides[0][tensor];
}
