using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Rows move as they are.</summary>
readonly unsafe struct RowMove<T> : IMove<T> where T : unmanaged
{
    /// <summary>Longer rows are foreseen by the hardware.</summary>
    const int ShortBytes = 1 << 10;

    /// <summary>
    /// Rows of the result that the first cache does not have are asked for so many rows ahead. Shorter ones took longer for it, longer ones no less time; 8 and 16 rows ahead
    /// were no faster (Emerald Rapids).
    /// </summary>
    const int LeastAskedBytes = 33, MostAskedBytes = 128, RowsAhead = 4;

    public static int Side => 1;

    public static bool StoresLines => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var (rowStep, resultStep, bytes) = (steps.RowStep, steps.ResultStep, columns * sizeof(T));
        var ahead = Sse.IsSupported && bytes <= ShortBytes ? steps.SourceAhead : 0;
        var asks = steps.ResultIsFar && bytes is >= LeastAskedBytes and <= MostAskedBytes;
        for (; rows > 0; rows--, source += rowStep, destination += resultStep)
        {
            if (ahead != 0)
                for (nint i = 0; i < bytes; i += Lines.Bytes) Sse.Prefetch0((byte*)(source + ahead) + i);
            if (asks) Lines.Ask((byte*)(destination + RowsAhead * resultStep), bytes);
            if (typeof(TStore) == typeof(StreamingStore)) Lines.Stream((byte*)source, (byte*)destination, bytes);
            else Lines.Copy<TStore>((byte*)source, (byte*)destination, bytes);
        }
    }
}
