using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>A tile, and over how many groups its sums are split.</summary>
readonly record struct TunedTile(TileShape Tile, int Splits);

/// <summary>Which tile each kernel plan, or each list of products, takes on the device where it was measured; in memory, bounded as kernels are, and beside the kernels on disk.</summary>
sealed class TuningStore(GpuRuntime runtime, DiskCache? disk, MatrixPrecision precision, int capacity)
{
    sealed class Slot(TunedTile? tile)
    {
        readonly Lock _lock = new();

        internal TunedTile? Tile
        {
            get
            {
                lock (_lock) return tile;
            }
            set
            {
                lock (_lock) tile = value;
            }
        }
    }

    readonly BoundedCache<string, Slot> _tiles = new(capacity);

    /// <summary>The measured tile, or null where the device's model is to choose.</summary>
    internal TunedTile? Find(KernelPlan plan) => Find(plan.ToString());

    /// <summary>The same of what the text stands for: a plan, or <see cref="GroupedEmitter.Key">a list</see>.</summary>
    internal TunedTile? Find(string text) => SlotOf(text).Tile;

    internal void Keep(KernelPlan plan, TunedTile best) => Keep(plan.ToString(), best);

    internal void Keep(string text, TunedTile best)
    {
        SlotOf(text).Tile = best;
        var tile = best.Tile;
        int[] numbers = [tile.Rows, tile.Columns, tile.Depth, tile.ThreadRows, tile.ThreadColumns, tile.Stages, best.Splits];
        disk?.Write(KeyOf(text), Encoding.ASCII.GetBytes(string.Join(' ', numbers)));
    }

    Slot SlotOf(string plan) => _tiles.GetOrAdd(plan, this, static (text, store) => new Slot(store.Read(text)));

    TunedTile? Read(string plan)
    {
        if (disk?.TryRead(KeyOf(plan)) is not { } text) return null;
        var numbers = Encoding.ASCII.GetString(text).Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return numbers is [var rows, var columns, var depth, var threadRows, var threadColumns, var stages, var splits]
            ? new TunedTile(new TileShape(rows, columns, depth, threadRows, threadColumns, stages), splits) : null;
    }

    string KeyOf(string plan) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', "tile and splits", precision, runtime.Dialect, runtime.Identity, plan))));
}
