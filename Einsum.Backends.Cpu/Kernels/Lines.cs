using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Copies of bytes that need not be aligned, with vectors that overlap at the ends.</summary>
static unsafe class Lines
{
    internal const int Bytes = 64;

    /// <summary>The ways of small first-level caches, in which lines this many bytes apart are in each other's way.</summary>
    const long Ways = 8, Period = 4096;

    internal static bool IsAligned(nint address) => address % Bytes == 0;

    /// <summary>Both stores of whole lines and those of the first and the last bytes; the destination of a streaming store is aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Copy<TStore>(byte* source, byte* destination, nint bytes) where TStore : struct, IStore
    {
        if (bytes < Bytes)
        {
            CopyPart(source, destination, bytes);
            return;
        }
        nint i = 0;
        for (; i <= bytes - Bytes; i += Bytes) TStore.Store(destination + i, Vector512.Load(source + i));
        if (i < bytes) Vector512.Load(source + bytes - Bytes).Store(destination + bytes - Bytes);
    }

    /// <summary>Past the caches, but for the parts of lines at both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Stream(byte* source, byte* destination, nint bytes)
    {
        var head = -(nint)destination & (Bytes - 1);
        if (bytes - head < Bytes)
        {
            Copy<CachedStore>(source, destination, bytes);
            return;
        }
        // No more than the parts: a line that is stored to twice, through the caches and past them, is read and written once more.
        if (head > 0) CopyPart(source, destination, head);
        for (; head <= bytes - Bytes; head += Bytes) StreamingStore.Store(destination + head, Vector512.Load(source + head));
        if (head < bytes) CopyPart(source + head, destination + head, bytes - head);
    }

    /// <summary>
    /// Asks for the lines of a row of up to 128 bytes that is about to be stored to. A store into two lines that are both missing waits for the one after the other, with all stores behind it; asked for,
    /// the lines of many rows come at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Ask(byte* row, nint bytes)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(row);
        Sse.Prefetch0(row + bytes - 1);
        if (bytes > Bytes + 1) Sse.Prefetch0(row + Bytes);
    }

    /// <summary>Makes streaming stores visible to other threads before whatever is stored next.</summary>
    internal static void Fence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
    }

    /// <summary>Less than a line: two overlapping pieces.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyPart(byte* source, byte* destination, nint bytes)
    {
        switch (bytes)
        {
            case >= 32:
                var (first32, last32) = (Vector256.Load(source), Vector256.Load(source + bytes - 32));
                first32.Store(destination);
                last32.Store(destination + bytes - 32);
                break;
            case >= 16:
                var (first16, last16) = (Vector128.Load(source), Vector128.Load(source + bytes - 16));
                first16.Store(destination);
                last16.Store(destination + bytes - 16);
                break;
            case >= 8: Pair<ulong>(source, destination, bytes); break;
            case >= 4: Pair<uint>(source, destination, bytes); break;
            case >= 2: Pair<ushort>(source, destination, bytes); break;
            case 1: *destination = *source; break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pair<T>(byte* source, byte* destination, nint bytes) where T : unmanaged
    {
        var (first, last) = (Unsafe.ReadUnaligned<T>(source), Unsafe.ReadUnaligned<T>(source + bytes - sizeof(T)));
        Unsafe.WriteUnaligned(destination, first);
        Unsafe.WriteUnaligned(destination + bytes - sizeof(T), last);
    }

    /// <summary>Whether that many lines, so many bytes apart, put each other out of the first-level cache.</summary>
    internal static bool Collide(long distance, long count) =>
        // The greatest power of two that divides the distance: so many lines of a period are used at all.
        count > Ways * (Period / Math.Clamp(distance & -distance, Bytes, Period));
}
