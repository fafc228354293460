using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary>What the hardware gives at most, measured in C#: multiply-adds per second, and bytes per second by size of the data.</summary>
static unsafe class Roofline
{
    const int Repeats = 8;

    internal static void Run()
    {
        Console.WriteLine("| GFLOPS, one thread | 512 bits | 256 bits |");
        Console.WriteLine("|---|---|---|");
        Console.WriteLine($"| float | {Peak<float>(512):F1} | {Peak<float>(256):F1} |");
        Console.WriteLine($"| double | {Peak<double>(512):F1} | {Peak<double>(256):F1} |");
        Console.WriteLine();
        Console.WriteLine("| GB/s, one thread | read | copy | triad |");
        Console.WriteLine("|---|---|---|---|");
        (string, int)[] sizes = [("L1, 16 KiB", 16 << 10), ("L2, 512 KiB", 512 << 10), ("L3, 16 MiB", 16 << 20), ("memory, 256 MiB", 256 << 20)];
        foreach (var (name, bytes) in sizes)
            Console.WriteLine($"| {name} | {Bandwidth(bytes, 1, &Read):F1} | {Bandwidth(bytes, 2, &Copy):F1} | {Bandwidth(bytes, 3, &Triad):F1} |");
    }

    /// <summary>GFLOPS of independent multiply-adds in registers, the best of several measurements.</summary>
    internal static double Peak<T>(int bits) where T : unmanaged => bits switch
    {
        512 => Peak<T, Vector512<T>, Simd512<T>>(),
        256 => Peak<T, Vector256<T>, Simd256<T>>(),
        _ => Peak<T, Vector128<T>, Simd128<T>>(),
    };

    static double Peak<T, V, S>() where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        const long Rounds = 4_000_000;
        var best = 0.0;
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            MultiplyAdds<T, V, S>(Rounds);
            best = Math.Max(best, 2.0 * 12 * S.Count * Rounds / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best / 1e9;
    }

    /// <summary>Twelve chains: more than the latency times the units of any machine we know, and few enough for 16 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static T MultiplyAdds<T, V, S>(long rounds) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        V s0 = S.Zero, s1 = S.Zero, s2 = S.Zero, s3 = S.Zero, s4 = S.Zero, s5 = S.Zero;
        V s6 = S.Zero, s7 = S.Zero, s8 = S.Zero, s9 = S.Zero, s10 = S.Zero, s11 = S.Zero;
        V x = S.Broadcast(default), y = S.Broadcast(default);
        for (; rounds > 0; rounds--)
        {
            s0 = S.MultiplyAdd(x, y, s0);
            s1 = S.MultiplyAdd(x, y, s1);
            s2 = S.MultiplyAdd(x, y, s2);
            s3 = S.MultiplyAdd(x, y, s3);
            s4 = S.MultiplyAdd(x, y, s4);
            s5 = S.MultiplyAdd(x, y, s5);
            s6 = S.MultiplyAdd(x, y, s6);
            s7 = S.MultiplyAdd(x, y, s7);
            s8 = S.MultiplyAdd(x, y, s8);
            s9 = S.MultiplyAdd(x, y, s9);
            s10 = S.MultiplyAdd(x, y, s10);
            s11 = S.MultiplyAdd(x, y, s11);
        }

        s0 = S.Add(S.Add(S.Add(s0, s1), S.Add(s2, s3)), S.Add(S.Add(s4, s5), S.Add(s6, s7)));
        return S.Sum(S.Add(s0, S.Add(S.Add(s8, s9), S.Add(s10, s11))));
    }

    /// <summary>GB/s, every array of <paramref name="bytes"/>, <paramref name="arrays"/> of them read or written.</summary>
    static double Bandwidth(int bytes, int arrays, delegate*<float*, float*, float*, int, float> pass)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)arrays * (nuint)bytes, 1 << 21);
        NativeMemory.Clear(memory, (nuint)arrays * (nuint)bytes);
        var (count, passes) = (bytes / sizeof(float), Math.Max(1_000_000_000 / bytes, 2));
        float* a = (float*)memory, b = a + (arrays > 1 ? count : 0), c = b + (arrays > 2 ? count : 0);
        var best = 0.0;
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var p = 0; p < passes; p++) pass(a, b, c, count);
            best = Math.Max(best, (double)bytes * arrays * passes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        NativeMemory.AlignedFree(memory);
        return best / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Read(float* a, float* b, float* c, int count)
    {
        Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var i = 0; i < count; i += 64)
        {
            s0 |= Vector512.Load(a + i).AsInt32();
            s1 |= Vector512.Load(a + i + 16).AsInt32();
            s2 |= Vector512.Load(a + i + 32).AsInt32();
            s3 |= Vector512.Load(a + i + 48).AsInt32();
        }

        return Vector512.Sum(s0 | s1 | s2 | s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Copy(float* a, float* b, float* c, int count)
    {
        for (var i = 0; i < count; i += 32)
        {
            Vector512.Load(a + i).Store(b + i);
            Vector512.Load(a + i + 16).Store(b + i + 16);
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Triad(float* a, float* b, float* c, int count)
    {
        var factor = Vector512.Create(3f);
        for (var i = 0; i < count; i += 32)
        {
            Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + i), Vector512.Load(a + i)).Store(c + i);
            Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + i + 16), Vector512.Load(a + i + 16)).Store(c + i + 16);
        }

        return 0;
    }
}
