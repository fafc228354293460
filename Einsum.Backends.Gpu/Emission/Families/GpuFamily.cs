using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>A way to run some kernel plans on a device; siblings are tried in the order of <see cref="GpuFamilies"/>, and tests can force each by name.</summary>
abstract class GpuFamily
{
    /// <summary>The name that plans print, such as <c>tiled</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether this family's kernels compute the plan.</summary>
    internal abstract bool CanRun(KernelPlan plan, EmitTarget target);

    /// <summary>Whether they are right for a plan that they compute: its sizes and strides.</summary>
    internal virtual bool Suits(KernelPlan plan, EmitTarget target) => true;

    /// <summary>The launches, in order.</summary>
    internal abstract ImmutableArray<EmittedKernel> Emit(KernelPlan plan, KernelView view, EmitTarget target);

    /// <summary>The tiles to choose from, the one that the device's model prefers first; none where the family has none.</summary>
    internal virtual ImmutableArray<TileShape> Tiles(KernelPlan plan, EmitTarget target) => [];

    /// <summary>Over how many groups the sums of one of the tiles may be split, what the device's model prefers first.</summary>
    internal virtual ImmutableArray<int> Splits(KernelPlan plan, TileShape tile, EmitTarget target) => [1];

    /// <summary>What was asked for; where the family lacks the tile, measured for another at another precision, say, its splits are of no use either.</summary>
    protected (TileShape Tile, int Splits) Choose(KernelPlan plan, EmitTarget target)
    {
        var (options, tiles) = (target.Options, Tiles(plan, target));
        var isOurs = options.Tile is not { } asked || tiles.Contains(asked);
        var tile = isOurs && options.Tile is { } taken ? taken : tiles[0];
        return (tile, isOurs && options.Splits is { } splits ? splits : Splits(plan, tile, target)[0]);
    }
}
