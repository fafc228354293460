using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Rows move as they are.</summary>
readonly unsafe struct RowMove<T> : IMove<T> where T : unmanaged
{
    /// <summary>Longer rows are foreseen by the hardware.</summary>
    const int ShortBytes = 1 << 10;

    /// <summary>Rows of the result of these lengths are asked for so many rows ahead where the first cache does not have them: they begin and end within lines, which a store waits for one after the other.</summary>
    const int LeastAskedBytes = 33, MostAskedBytes = 128, RowsAhead = 4;

    public static int Side => 1;

    public static bool StoresLines => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var (rowStep, resultStep, bytes) = (steps.RowStep, steps.ResultStep, columns * sizeof(T));
        var ahead = Sse.IsSupported && bytes <= ShortBytes ? steps.SourceAhead : 0;
        var asks = Sse.IsSupported && steps.ResultIsFar && bytes is >= LeastAskedBytes and <= MostAskedBytes;
        for (; rows > 0; rows--, source += rowStep, destination += resultStep)
        {
            if (ahead != 0)
                for (nint i = 0; i < bytes; i += Lines.Bytes) Sse.Prefetch0((byte*)(source + ahead) + i);
            if (asks)
            {
                var next = (byte*)(destination + RowsAhead * resultStep);
                Sse.Prefetch0(next);
                Sse.Prefetch0(next + bytes - 1);
            }

            if (typeof(TStore) == typeof(StreamingStore)) Lines.Stream((byte*)source, (byte*)destination, bytes);
            else Lines.Copy<TStore>((byte*)source, (byte*)destination, bytes);
        }
    }
}
