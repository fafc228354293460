using System.Diagnostics;

namespace EinsumNet.Backends.Gpu;

/// <summary>Runs the kernels that a plan could take on memory of the plan's size, and finds the fastest.</summary>
sealed class Tuner(DeviceSession session)
{
    /// <summary>The fastest of so many runs counts, after one that warms up.</summary>
    const int Runs = 3;

    /// <summary>A tile that is not faster than the model's by so much is not worth a change.</summary>
    const double Gain = 0.97;

    /// <summary>Keeps the fastest tile, and over how many groups its sums are split fastest; whether either is another than what was in use.</summary>
    internal bool Tune(KernelPlan plan)
    {
        var (limits, dialect) = (session.Runtime.Limits, session.Runtime.Dialect);
        if (plan.Loops.Any(loop => loop.Extent == 0)) return false;
        var tiles = KernelEmitter.Tiles(plan, limits, dialect, session.Emission);
        if (tiles.Length == 0) return false;

        var rented = new List<DeviceBlock>();
        try
        {
            var buffers = new List<KernelBuffer>();
            for (var i = 0; i <= plan.Operands.Length; i++)
            {
                var element = i < plan.Operands.Length ? plan.Operands[i].Element : plan.Element;
                buffers.Add(Rent(element.Size() * (1 + plan.Loops.Sum(loop => (loop.Extent - 1) * loop.Strides[i])), rented));
            }
            var shape = MatrixShape.Of(plan);
            var model = Modelled(tiles[0]);
            // As MatrixFamily reads it: a tile that the family lacks is not in use.
            var used = session.Tiles.Find(plan) is { } kept && tiles.Contains(kept.Tile) ? kept : model;
            var (best, bestTime) = (model, Gain * Time(plan, model, buffers, rented));
            foreach (var tile in tiles[1..]) Try(Modelled(tile));
            foreach (var splits in TileModel.Splits(shape, best.Tile).Where(splits => splits != best.Splits).ToArray()) Try(best with { Splits = splits });
            session.Tiles.Keep(plan, best);
            return best != used;

            TunedTile Modelled(TileShape tile) => new(tile, TileModel.Splits(shape, tile, limits));

            void Try(TunedTile candidate)
            {
                if (Time(plan, candidate, buffers, rented) is var time && time < bestTime) (best, bestTime) = (candidate, time);
            }
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    double Time(KernelPlan plan, TunedTile tile, List<KernelBuffer> buffers, List<DeviceBlock> rented)
    {
        var runtime = session.Runtime;
        var kernels = KernelEmitter.Emit(plan, runtime.Limits, runtime.Dialect, session.Emission with { Tile = tile.Tile, Splits = tile.Splits });
        var scratch = kernels.Max(kernel => kernel.ScratchBytes) is > 0 and var bytes ? Rent(bytes, rented) : default;
        var loaded = kernels.Select(session.Kernels.Get).ToArray();
        var best = double.MaxValue;
        for (var run = 0; run <= Runs; run++)
        {
            runtime.Synchronize();
            var start = Stopwatch.GetTimestamp();
            foreach (var (i, kernel) in kernels.Index())
                runtime.Launch(loaded[i], kernel.Launch, kernel.ScratchBytes > 0 ? [.. buffers, scratch] : [.. buffers], kernel.Arguments.AsSpan());
            runtime.Synchronize();
            if (run > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    KernelBuffer Rent(long bytes, List<DeviceBlock> rented)
    {
        var block = session.Pool.Rent(bytes);
        rented.Add(block);
        return new KernelBuffer(block.Memory, 0);
    }
}
