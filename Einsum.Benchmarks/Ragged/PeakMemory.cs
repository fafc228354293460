using System.Globalization;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary>How much memory a list takes beyond its outputs where one member is a thousand times the others; in a process of its own.</summary>
static class PeakMemory
{
    internal static void Print(TextWriter output)
    {
        // One product of 1280 x 1280 x 1280 is 8000 times one of 64 x 64 x 64, and its result 400 times as large; 1000 times as large is 2024 x 2024.
        foreach (var large in (int[])[640, 2024])
        {
            (int, int, int)[] sizes = [.. Enumerable.Repeat((64, 64, 64), 999), (large, large, large)];
            var list = new RaggedList<float>(sizes);
            var outputs = list.Sizes.Sum(size => (long)size.M * size.N * sizeof(float));
            // What the code itself takes is there before.
            GC.KeepAlive(Einsum.EvalMany(RaggedList<float>.Equation, list.Left.AsSpan(0, 4).ToArray(), list.Right.AsSpan(0, 4).ToArray()));
            GC.Collect();
            ResetPeak();
            var (before, poolBefore) = (Resident("VmRSS"), NativePool.HeldBytes);
            var results = Einsum.EvalMany(RaggedList<float>.Equation, list.Left, list.Right);
            var peak = Resident("VmHWM") - before;
            GC.KeepAlive(results);
            output.WriteLine($"999 products of 64 and one of {large}, float: outputs {Mega(outputs)} MiB, the process grew by at most {Mega(peak)} MiB; native buffers {Mega(NativePool.HeldBytes)} MiB, of which {Mega(NativePool.HeldBytes - poolBefore)} MiB new. Padded to the largest, the outputs alone would be {Mega(1000L * large * large * sizeof(float))} MiB.");
        }
        output.WriteLine();
    }

    /// <summary>Makes Linux measure the peak from here on.</summary>
    static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    static long Resident(string field) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).AsSpan(field.Length + 1).Trim()[..^2], CultureInfo.InvariantCulture);

    static string Mega(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
