namespace EinsumNet.Backends.Gpu;

/// <summary>What a group computes a tile of: <c>out[row, column] = sum over depth in [From, To) of x[row, depth] * y[column, depth]</c>.</summary>
/// <param name="Plan">The element types and what is done to elements.</param>
/// <param name="View">The tensors.</param>
/// <param name="X">The operand with the rows.</param>
/// <param name="Y">The operand with the columns.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Columns">How many columns there are.</param>
/// <param name="RowStart">The tile's first row.</param>
/// <param name="ColumnStart">The tile's first column.</param>
/// <param name="From">The first contracted iteration.</param>
/// <param name="To">The end of the contracted iterations.</param>
/// <param name="XStart">Where x starts.</param>
/// <param name="YStart">Where y starts.</param>
/// <param name="ResultStart">Where the result starts.</param>
/// <param name="XAlongDepth">Whether x's neighbours lie along the depth; otherwise along the rows.</param>
/// <param name="YAlongDepth">Whether y's neighbours lie along the depth; otherwise along the columns.</param>
sealed record TileProblem(
    KernelPlan Plan, KernelView View, int X, int Y, IrExpr Rows, IrExpr Columns, IrExpr RowStart, IrExpr ColumnStart, IrExpr From, IrExpr To,
    IrExpr XStart, IrExpr YStart, IrExpr ResultStart, bool XAlongDepth, bool YAlongDepth);
