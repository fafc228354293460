using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Benchmarks;

/// <summary>What this machine gives at most, measured in this process: multiply-adds per second, and bytes per second by the size of the data.</summary>
/// <param name="Threads">How many threads ran at once.</param>
/// <param name="FloatPeak">Multiplications and additions per second in float.</param>
/// <param name="DoublePeak">Multiplications and additions per second in double.</param>
/// <param name="Levels">Bandwidths from the smallest data to the largest.</param>
sealed record Roofline(int Threads, double FloatPeak, double DoublePeak, Roofline.Level[] Levels)
{
    /// <summary>Bytes per second of data whose arrays have together at most <paramref name="MaxBytes"/> bytes.</summary>
    internal sealed record Level(string Name, double MaxBytes, double Read, double Copy, double Stream, double Triad)
    {
        internal double Best => Math.Max(Math.Max(Read, Copy), Math.Max(Stream, Triad));
    }

    /// <summary>The sizes measured, and up to which size of a case's data each counts.</summary>
    static readonly (string Name, int Bytes, double MaxBytes)[] s_levels =
        [("L1, 16 KiB", 16 << 10, 40e3), ("L2, 512 KiB", 512 << 10, 1.8e6), ("L3, 16 MiB", 16 << 20, 48e6), ("memory, 256 MiB", 256 << 20, double.PositiveInfinity)];

    internal static Roofline Measure(int threads) => new(
        threads,
        Peak.Measure<float>(threads), Peak.Measure<double>(threads),
        [.. s_levels.Select((level, i) => new Level(
            level.Name, i == 1 ? level.MaxBytes * Math.Min(threads, 2) : level.MaxBytes,
            Bandwidth.Read(level.Bytes, threads), Bandwidth.Copy(level.Bytes, threads),
            Sse.IsSupported ? Bandwidth.Stream(level.Bytes, threads) : 0, Bandwidth.Triad(level.Bytes, threads)))]);

    /// <summary>Seconds that no implementation can beat by much: the arithmetic at its peak, or the data at the bandwidth of the level that it fits in.</summary>
    internal double Limit(double flops, double bytes, bool isDouble) =>
        Math.Max(flops / (isDouble ? DoublePeak : FloatPeak), bytes / Levels.First(level => bytes <= level.MaxBytes).Best);

    internal void Print(TextWriter output)
    {
        output.WriteLine($"| {Threads} thread{(Threads == 1 ? "" : "s")} | GFLOPS float | GFLOPS double |");
        output.WriteLine("|---|---|---|");
        output.WriteLine($"| multiply-adds | {FloatPeak / 1e9:F0} | {DoublePeak / 1e9:F0} |");
        output.WriteLine();
        output.WriteLine("| GB/s | read | copy | copy, non-temporal | triad |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var level in Levels)
            output.WriteLine($"| {level.Name} | {level.Read / 1e9:F0} | {level.Copy / 1e9:F0} | {level.Stream / 1e9:F0} | {level.Triad / 1e9:F0} |");
        output.WriteLine();
    }
}
