using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Finds how much of memory one core reads again at the speed of a cache: stretches of growing size are read over and over, and the rate falls where they no
/// longer fit. Takes less than a second, most of it to touch the memory.
/// </summary>
static unsafe class LastCacheMeter
{
    const int Megabyte = 1 << 20;

    /// <summary>Megabytes where the rates do not tell.</summary>
    const long Default = 16;

    /// <summary>Passes over each stretch; the fastest counts, since what disturbs them only makes them slower.</summary>
    const int Passes = 3;

    /// <summary>The sizes tried, in megabytes; the last is more than a core's part of any last cache, or near enough.</summary>
    static ReadOnlySpan<int> Sizes => [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

    internal static long Measure()
    {
        var bytes = (nuint)Sizes[^1] * Megabyte;
        var memory = (byte*)LargePages.Allocate(bytes, (nuint)Vector<byte>.Count);
        try
        {
            NativeMemory.Fill(memory, bytes, 1);
            var rates = new double[Sizes.Length];
            for (var i = 0; i < rates.Length; i++) rates[i] = Rate(memory, (nint)Sizes[i] * Megabyte);
            return (Largest(Sizes, rates) ?? Default) * Megabyte;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>
    /// The largest size whose rate is above the middle between the highest and the last; null where these hardly differ, because all sizes fit, or none does.
    /// </summary>
    internal static int? Largest(ReadOnlySpan<int> sizes, ReadOnlySpan<double> rates)
    {
        const double leastFall = 1.25;
        var (highest, last) = (TensorPrimitives.Max(rates), rates[^1]);
        if (highest < leastFall * last) return null;
        var largest = sizes.Length - 1;
        while (rates[largest] < Math.Sqrt(highest * last)) largest--;
        return sizes[largest];
    }

    /// <summary>Bytes per second of the fastest of some passes, after one that brings the stretch in.</summary>
    static double Rate(byte* memory, nint bytes)
    {
        Read(memory, bytes);
        var least = long.MaxValue;
        for (var pass = 0; pass < Passes; pass++)
        {
            var start = Stopwatch.GetTimestamp();
            Read(memory, bytes);
            least = Math.Min(least, Stopwatch.GetTimestamp() - start);
        }

        return bytes / (double)least * Stopwatch.Frequency;
    }

    static ulong s_sum;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Read(byte* memory, nint bytes)
    {
        Vector<ulong> a = default, b = default, c = default, d = default;
        var step = 4 * Vector<byte>.Count;
        for (nint i = 0; i < bytes; i += step)
        {
            a |= Vector.Load((ulong*)(memory + i));
            b |= Vector.Load((ulong*)(memory + i + Vector<byte>.Count));
            c |= Vector.Load((ulong*)(memory + i + 2 * Vector<byte>.Count));
            d |= Vector.Load((ulong*)(memory + i + 3 * Vector<byte>.Count));
        }

        s_sum += Vector.Sum(a | b | c | d);
    }
}
