using System.Diagnostics;

namespace EinsumNet.Backends.Gpu;

/// <summary>Runs the kernels that a plan could take on memory of the plan's size, and finds the fastest.</summary>
sealed class Tuner(DeviceSession session)
{
    /// <summary>The fastest of so many runs counts, after one that warms up.</summary>
    const int Runs = 3;

    /// <summary>A tile that is not faster than the model's by so much is not worth a change.</summary>
    const double Gain = 0.97;

    /// <summary>Keeps the fastest tile; whether it is another than the model's choice.</summary>
    internal bool Tune(KernelPlan plan)
    {
        var (limits, dialect) = (session.Runtime.Limits, session.Runtime.Dialect);
        if (plan.Loops.Any(loop => loop.Extent == 0)) return false;
        var tiles = KernelEmitter.Tiles(plan, limits, dialect, EmitOptions.Default);
        if (tiles.Length < 2) return false;

        var rented = new List<DeviceBlock>();
        try
        {
            var buffers = new List<KernelBuffer>();
            for (var i = 0; i <= plan.Operands.Length; i++)
            {
                var element = i < plan.Operands.Length ? plan.Operands[i].Element : plan.Element;
                buffers.Add(Rent(element.Size() * (1 + plan.Loops.Sum(loop => (loop.Extent - 1) * loop.Strides[i])), rented));
            }
            var (best, bestTime) = (tiles[0], Gain * Time(plan, tiles[0], buffers, rented));
            foreach (var tile in tiles[1..])
                if (Time(plan, tile, buffers, rented) is var time && time < bestTime) (best, bestTime) = (tile, time);
            session.Tiles.Keep(plan, best);
            return best != tiles[0];
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    double Time(KernelPlan plan, TileShape tile, List<KernelBuffer> buffers, List<DeviceBlock> rented)
    {
        var runtime = session.Runtime;
        var kernels = KernelEmitter.Emit(plan, runtime.Limits, runtime.Dialect, EmitOptions.Default with { Tile = tile });
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
