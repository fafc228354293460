using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Benchmarks;

/// <summary>Passes over arrays of one size, each thread over its own part: the most bytes that the machine moves.</summary>
static unsafe class Bandwidth
{
    const int Repeats = 6;
    const long BytesPerSample = 500_000_000;

    static volatile int s_sink;

    internal static double Read(int bytes, int threads) => Measure(bytes, 1, threads, &ReadPass);

    internal static double Copy(int bytes, int threads) => Measure(bytes, 2, threads, &CopyPass);

    internal static double Stream(int bytes, int threads) => Measure(bytes, 2, threads, &StreamPass);

    internal static double Triad(int bytes, int threads) => Measure(bytes, 3, threads, &TriadPass);

    /// <summary>Bytes per second of all threads together; the small sizes are per thread, as their caches are.</summary>
    static double Measure(int bytes, int arrays, int threads, delegate*<float*, float*, float*, int, void> pass)
    {
        const int ownCache = 1 << 20;
        var each = bytes < ownCache ? bytes : bytes / threads;
        var memory = Enumerable.Range(0, threads * arrays).Select(_ => new TouchedMemory<float>(each / sizeof(float))).ToArray();
        var best = Together.Best(Repeats, threads, thread =>
        {
            float* Array(int i) => memory[thread * arrays + Math.Min(i, arrays - 1)].Start;
            var passes = Math.Max(BytesPerSample / each, 2);
            var start = Stopwatch.GetTimestamp();
            for (var p = 0; p < passes; p++) pass(Array(0), Array(1), Array(2), each / sizeof(float));
            return (double)each * arrays * passes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        foreach (IDisposable part in memory) part.Dispose();
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ReadPass(float* a, float* b, float* c, int count)
    {
        Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < count; i += 64)
        {
            s0 |= Vector512.Load(a + i).AsInt32();
            s1 |= Vector512.Load(a + i + 16).AsInt32();
            s2 |= Vector512.Load(a + i + 32).AsInt32();
            s3 |= Vector512.Load(a + i + 48).AsInt32();
        }

        s_sink = Vector512.Sum(s0 | s1 | s2 | s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyPass(float* a, float* b, float* c, int count)
    {
        for (var i = 0; i < count; i += 32)
        {
            Vector512.Load(a + i).Store(b + i);
            Vector512.Load(a + i + 16).Store(b + i + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void StreamPass(float* a, float* b, float* c, int count)
    {
        for (var i = 0; i < count; i += 32)
        {
            Vector512.Load(a + i).StoreAlignedNonTemporal(b + i);
            Vector512.Load(a + i + 16).StoreAlignedNonTemporal(b + i + 16);
        }
        Sse.StoreFence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void TriadPass(float* a, float* b, float* c, int count)
    {
        var factor = Vector512.Create(3f);
        for (var i = 0; i < count; i += 32)
        {
            Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + i), Vector512.Load(a + i)).Store(c + i);
            Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + i + 16), Vector512.Load(a + i + 16)).Store(c + i + 16);
        }
    }
}
