namespace EinsumNet.Backends.Gpu;

/// <summary>The part of a contraction that a group computes at a time, and the part of that which a thread holds in registers.</summary>
/// <param name="Rows">Rows of the result per group.</param>
/// <param name="Columns">Columns of the result per group.</param>
/// <param name="Depth">Contracted iterations that lie in local memory at once.</param>
/// <param name="ThreadRows">Rows per thread (or warp, on tensor cores).</param>
/// <param name="ThreadColumns">Columns per thread (or warp).</param>
/// <param name="Stages">How many depths lie in local memory at once.</param>
readonly record struct TileShape(int Rows, int Columns, int Depth, int ThreadRows, int ThreadColumns, int Stages = 1)
{
    /// <summary>Parts of the tile that threads, or warps, have one each of.</summary>
    internal int Parts => Rows / ThreadRows * (Columns / ThreadColumns);

    internal int Threads => Parts;

    /// <summary><c>128x128x8/8x8</c></summary>
    public override string ToString() => $"{Rows}x{Columns}x{Depth}/{ThreadRows}x{ThreadColumns}{(Stages == 1 ? "" : $"x{Stages}")}";
}
