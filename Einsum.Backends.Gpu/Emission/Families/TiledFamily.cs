using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>bij,bjk->bik</c> with any number of loops in each role, any strides and any element type: tiles of the operands in local memory, and of the result in
/// each thread's registers.
/// </summary>
sealed class TiledFamily : MatrixFamily
{
    /// <summary>Below it most of a tile would be empty.</summary>
    const int LeastSide = 4;

    internal override string Name => "tiled";

    internal override bool Suits(KernelPlan plan, EmitTarget target) => MatrixShape.Of(plan) is { RowCount: >= LeastSide, ColumnCount: >= LeastSide };

    internal override ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) => TileModel.Candidates(MatrixShape.Of(plan), plan.Element.Arithmetic(), target.Limits);

    protected override int Threads(TileShape tile) => tile.Threads;

    protected override void Write(IrBuilder to, TileProblem problem, TileShape tile, TileAxis rows, TileAxis columns, Digits depth, bool wide, EmitTarget target) =>
        TiledBody.Write(to, problem, tile, rows, columns, new TileAxis(to, "depth", depth, tile.Depth, wide, 0, 1));
}
