using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>Measures how fast a device, and the host beside it, multiply matrices, add vectors, and copy.</summary>
sealed unsafe class RateMeter(DeviceSession session)
{
    /// <summary>The fastest of so many runs counts, after one that warms up.</summary>
    const int Runs = 3;

    /// <summary>Bytes of a copy; less of one that is measured for its start.</summary>
    const long Bytes = 16 << 20, FewBytes = 64;

    /// <summary>A matrix's side: a processor that poses as a device would take too long for what a card needs to be busy.</summary>
    int Side => session.Runtime.Limits.IsProcessor ? 256 : 2048;

    static KernelPlan Product(long n, ElementType element) => new(KernelKind.Contraction, [new(element), new(element)], new(element),
        [new Loop(n, LoopRole.Left, [n, 0, n]), new Loop(n, LoopRole.Right, [0, 1, 1]), new Loop(n, LoopRole.Contracted, [1, n, 0])]);

    static KernelPlan Sum(long n) => new(KernelKind.NAry, [new(ElementType.Float), new(ElementType.Float)], new(ElementType.Float), [new Loop(n, LoopRole.Batch, [1, 1, 1])]);

    internal DeviceRates Device()
    {
        var (length, side) = (Bytes / sizeof(float), Side);
        var launch = OnDevice(Sum(1), 1);
        var host = session.Pinned.Rent(Bytes);
        var block = session.Pool.Rent(Bytes);
        try
        {
            var copy = Best(() => session.Runtime.Write(block.Memory, 0, host, FewBytes));
            var upload = Best(() => session.Runtime.Write(block.Memory, 0, host, Bytes));
            return new DeviceRates(
                Rate(ElementType.Float), Rate(session.Runtime.Limits.HasDouble ? ElementType.Double : ElementType.Float), 3.0 * Bytes / Work(OnDevice(Sum(length), length), launch), Bytes / Work(upload, copy), launch, copy, true);
        }
        finally
        {
            session.Runtime.Drain();
            session.Pool.Return(block);
            session.Pinned.Return(host, Bytes);
        }

        double Rate(ElementType element) => Math.Pow(side, 3) / Work(OnDevice(Product(side, element), (long)side * side), launch);
    }

    internal HostRates Host(EinsumBackend backend)
    {
        var (length, side) = (Bytes / sizeof(float), 512);
        var step = OnHost(backend, Sum(1), 1);
        return new HostRates(Rate(ElementType.Float), Rate(ElementType.Double), 3.0 * Bytes / Work(OnHost(backend, Sum(length), length), step), step);

        double Rate(ElementType element) => Math.Pow(side, 3) / Work(OnHost(backend, Product(side, element), (long)side * side), step);
    }

    /// <summary>What is left of a time without its start.</summary>
    static double Work(double time, double start) => Math.Max(time - start, time / 10);

    double OnDevice(KernelPlan plan, long elements)
    {
        var rented = new List<DeviceBlock>();
        try
        {
            var program = KernelProgram.Create(2, [new KernelStep(plan, [0, 1], 2, 0)], []);
            var (launches, scratchBytes) = new LaunchPlan(session, program, isMember: false).Compiled;
            var buffers = Enumerable.Range(0, scratchBytes > 0 ? 4 : 3).Select(i =>
            {
                var block = session.Pool.Rent(i < 3 ? elements * plan.Element.Size() : scratchBytes);
                rented.Add(block);
                return new KernelBuffer(block.Memory, 0);
            }).ToArray();
            return Best(() =>
            {
                foreach (var launch in launches) launch.Run(session.Runtime, launch.ScratchBytes > 0 ? buffers : buffers.AsSpan(0, 3));
            });
        }
        finally
        {
            session.Runtime.Drain();
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    double Best(Action enqueue)
    {
        var best = double.MaxValue;
        for (var run = 0; run <= Runs; run++)
        {
            session.Runtime.Synchronize();
            var start = Stopwatch.GetTimestamp();
            enqueue();
            session.Runtime.Synchronize();
            if (run > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        // A clock has its grain.
        return Math.Max(best, 1e-9);
    }

    static double OnHost(EinsumBackend backend, KernelPlan plan, long elements)
    {
        var executable = backend.Load(KernelProgram.Create(2, [new KernelStep(plan, [0, 1], 2, 0)], []), new RunSettings(Environment.ProcessorCount, CancellationToken.None));
        var bytes = (nuint)(elements * plan.Element.Size());
        var memory = Enumerable.Range(0, 3).Select(_ => (nint)NativeMemory.AlignedAlloc(bytes, 64)).ToArray();
        try
        {
            // Pages that were never touched cost more than those that were.
            foreach (var each in memory) NativeMemory.Clear((void*)each, bytes);
            var best = double.MaxValue;
            for (var run = 0; run <= Runs; run++)
            {
                var start = Stopwatch.GetTimestamp();
                executable.Run(memory);
                if (run > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            return Math.Max(best, 1e-9);
        }
        finally
        {
            foreach (var each in memory) NativeMemory.AlignedFree((void*)each);
        }
    }
}
