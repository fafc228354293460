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
/// <param name="XRuns">How x lies, where its strides are not the plan's; likewise for y.</param>
/// <param name="YRuns">How y lies.</param>
sealed record TileProblem(
    KernelPlan Plan, KernelView View, int X, int Y, IrExpr Rows, IrExpr Columns, IrExpr RowStart, IrExpr ColumnStart, IrExpr From, IrExpr To,
    IrExpr XStart, IrExpr YStart, IrExpr ResultStart, bool XAlongDepth, bool YAlongDepth, TileRuns? XRuns = null, TileRuns? YRuns = null);

/// <summary>How an operand lies whose strides only the launch knows.</summary>
/// <param name="IsAcross">Whether neighbours lie along the rows or columns of most tiles.</param>
/// <param name="AreWhole">Whether in every tile neighbours lie there, or along the depth, and 16 bytes of them are aligned if the first are.</param>
readonly record struct TileRuns(bool IsAcross, bool AreWhole);
