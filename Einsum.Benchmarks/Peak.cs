using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary>Independent multiply-adds in registers, in the widest vectors: the most arithmetic that the machine does.</summary>
static class Peak
{
    const int Repeats = 8;

    /// <summary>Multiplications and additions per second of all threads together.</summary>
    internal static double Measure<T>(int threads) where T : unmanaged => SimdWidth.Bits switch
    {
        512 => Measure<T, Vector512<T>, Simd512<T>>(threads),
        256 => Measure<T, Vector256<T>, Simd256<T>>(threads),
        _ => Measure<T, Vector128<T>, Simd128<T>>(threads),
    };

    static double Measure<T, V, S>(int threads) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        const long Rounds = 4_000_000;
        return Together.Best(Repeats, threads, _ =>
        {
            var start = Stopwatch.GetTimestamp();
            MultiplyAdds<T, V, S>(Rounds);
            return 2.0 * 12 * S.Count * Rounds / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
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
}
