using System.Collections.Immutable;
using System.Diagnostics;

namespace EinsumNet.Backends.Gpu;

/// <summary>Runs the kernels that a plan, or a list of products, could take on memory of its size, and finds the fastest.</summary>
sealed unsafe class Tuner(DeviceSession session)
{
    /// <summary>The fastest of so many runs counts, after one that warms up.</summary>
    const int Runs = 3;

    /// <summary>A tile that is not faster than the model's by so much is not worth a change.</summary>
    const double Gain = 0.97;

    /// <summary>The most bytes that the members of a list have for each of their tensors; more than that, and they share them.</summary>
    const long MostListBytes = 1 << 30;

    DeviceLimits Limits => session.Runtime.Limits;

    KernelDialect Dialect => session.Runtime.Dialect;

    /// <summary>Keeps the fastest tile, and over how many groups its sums are split fastest; whether either is another than what was in use.</summary>
    internal bool Tune(KernelPlan plan)
    {
        if (plan.Loops.Any(loop => loop.Extent == 0)) return false;
        var tiles = KernelEmitter.Tiles(plan, Limits, Dialect, session.Emission);
        if (tiles.Length == 0 || tiles.Length == 1 && Splits(tiles[0]).Length == 1) return false;

        var (rented, scratch) = (new List<DeviceBlock>(), (DeviceBlock?)null);
        try
        {
            var buffers = Enumerable.Range(0, plan.Operands.Length + 1).Select(i => Rent(Bytes(plan, i), rented)).ToArray();
            var model = Modelled(tiles[0]);
            // As the families read it: a tile that the family lacks is not in use.
            var used = session.Tiles.Find(plan) is { } kept && tiles.Contains(kept.Tile) ? kept : model;
            var (best, bestTime) = (model, Gain * TimeOf(model));
            foreach (var tile in tiles[1..]) Try(Modelled(tile));
            foreach (var splits in Splits(best.Tile).Where(splits => splits != best.Splits).ToArray()) Try(best with { Splits = splits });
            session.Tiles.Keep(plan, best);
            return best != used;

            void Try(TunedTile candidate)
            {
                if (TimeOf(candidate) is var time && time < bestTime) (best, bestTime) = (candidate, time);
            }

            double TimeOf(TunedTile tile)
            {
                var kernels = KernelEmitter.Emit(plan, Limits, Dialect, session.Emission with { Tile = tile.Tile, Splits = tile.Splits });
                var bytes = kernels.Max(kernel => kernel.ScratchBytes);
                if (bytes > (scratch?.Bytes ?? 0))
                {
                    // What was timed is done, so the memory of less is free.
                    if (scratch is not null) session.Pool.Return(scratch);
                    scratch = null;
                    scratch = session.Pool.Rent(bytes);
                }
                return Time([.. kernels.Select(kernel => (kernel, kernel.ScratchBytes > 0 ? [.. buffers, new KernelBuffer(scratch!.Memory, 0)] : buffers))]);
            }
        }
        finally
        {
            if (scratch is not null) rented.Add(scratch);
            foreach (var block in rented) session.Pool.Return(block);
        }

        TunedTile Modelled(TileShape tile) => new(tile, Splits(tile)[0]);

        ImmutableArray<int> Splits(TileShape tile) => KernelEmitter.Splits(plan, tile, Limits, Dialect, session.Emission);
    }

    /// <summary>The same for the one launch of a list of products, which are not empty.</summary>
    internal bool Tune(IReadOnlyList<KernelPlan> list)
    {
        var tiles = list.Count == 0 ? [] : GroupedEmitter.Tiles(list, Limits, Dialect, session.Emission);
        if (tiles.Length < 2) return false;
        var rented = new List<DeviceBlock>();
        try
        {
            var most = Math.Min(MostListBytes, Math.Min(session.Pool.Budget, Limits.MaxAllocationBytes) / 4);
            var ((first, firsts), (second, seconds), (result, results)) = (Lay(0), Lay(1), Lay(2));
            var members = list.Select((plan, i) => new GroupedMember(plan, firsts[i], seconds[i], results[i])).ToArray();
            var lines = Rent(GroupedEmitter.TableBytes(list.Count), rented);
            var key = GroupedEmitter.Key(list);
            var used = session.ListTiles.Find(key) is { } kept && tiles.Contains(kept.Tile) ? kept.Tile : tiles[0];
            var times = tiles.ToDictionary(tile => tile, TimeOf);
            var best = tiles.MinBy(tile => tile == tiles[0] ? Gain * times[tile] : times[tile]);
            session.ListTiles.Keep(key, new TunedTile(best, 1));
            return best != used;

            double TimeOf(TileShape tile)
            {
                var (kernel, table) = GroupedEmitter.Emit(members, Limits, Dialect, session.Emission with { Tile = tile });
                fixed (long* start = table.AsSpan()) session.Staging.Write(lines.Memory, 0, (nint)start, table.Length * sizeof(long));
                return Time([(kernel, [first, second, lines, result])]);
            }

            // One behind the other, and from the start again where that is too much: what they hold does not matter.
            (KernelBuffer Buffer, long[] Starts) Lay(int tensor)
            {
                var (starts, place, end) = (new long[list.Count], 0L, 0L);
                foreach (var (i, plan) in list.Index())
                {
                    var bytes = Bytes(plan, tensor);
                    if (place + bytes > most) place = 0;
                    starts[i] = place / SizeOf(plan, tensor);
                    place = (place + bytes + 63) / 64 * 64;
                    end = Math.Max(end, place);
                }
                return (Rent(end, rented), starts);
            }
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    static int SizeOf(KernelPlan plan, int tensor) => (tensor < plan.Operands.Length ? plan.Operands[tensor].Element : plan.Element).Size();

    static long Bytes(KernelPlan plan, int tensor) => SizeOf(plan, tensor) * (1 + plan.Loops.Sum(loop => (loop.Extent - 1) * loop.Strides[tensor]));

    double Time((EmittedKernel Kernel, KernelBuffer[] Buffers)[] launches)
    {
        var runtime = session.Runtime;
        var loaded = Array.ConvertAll(launches, launch => session.Kernels.Get(launch.Kernel));
        var best = double.MaxValue;
        for (var run = 0; run <= Runs; run++)
        {
            runtime.Synchronize();
            var start = Stopwatch.GetTimestamp();
            foreach (var (i, (kernel, buffers)) in launches.Index()) runtime.Launch(loaded[i], kernel.Launch, buffers, kernel.Arguments.AsSpan());
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
