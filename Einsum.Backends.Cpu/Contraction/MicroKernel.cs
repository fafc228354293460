using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>What register tiles of all heights and widths share.</summary>
static unsafe class MicroKernel
{
    /// <summary>Brings the tile's place in the result near while the sum is made: rows are far apart and no hardware foresees them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void PrefetchRows<T>(T* c, nint* cRows, int rows, int columns, StoreMode mode) where T : unmanaged
    {
        if (mode == StoreMode.Stream) return;
        for (var i = 0; i < rows; i++) Lines.Ask((byte*)(c + cRows[i]), columns * sizeof(T));
    }

    /// <summary>Brings a line to L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Ask(nint* line)
    {
        if (Sse.IsSupported) Sse.Prefetch1((void*)*line);
    }

    /// <summary>Adds an element of x times one vector of y, or two, to the sums of its row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<T, V, S, TColumns>(T x, V left, V right, ref V sumLeft, ref V sumRight)
        where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TColumns : struct, ITileColumns
    {
        var factor = S.Broadcast(x);
        sumLeft = S.MultiplyAdd(factor, left, sumLeft);
        if (TColumns.AreTwo) sumRight = S.MultiplyAdd(factor, right, sumRight);
    }

    /// <summary>Stores two vectors, and goes on to where the next two are to be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Copy<T, V, S>(ref T* to, V left, V right) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        S.Store(to, left);
        S.Store(to + S.Count, right);
        to += 2 * S.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Copy<T, V, S>(ref T* to, V vector) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        S.Store(to, vector);
        to += S.Count;
    }

    /// <summary>Writes or adds two vectors of a result row, of the second the masked elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreRow<T, V, S>(T* row, V left, V right, V last, StoreMode mode)
        where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        if (mode == StoreMode.Stream)
        {
            Stream(row, left);
            Stream(row + S.Count, right);
            return;
        }

        if (mode == StoreMode.Add) left = S.Add(S.Load(row), left);
        S.Store(row, left);
        StoreRow<T, V, S>(row + S.Count, right, last, mode);
    }

    /// <summary>Writes or adds the masked elements of a vector of a result row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreRow<T, V, S>(T* row, V value, V last, StoreMode mode)
        where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        if (mode == StoreMode.Stream)
        {
            Stream(row, value);
            return;
        }

        if (mode == StoreMode.Add) value = S.Add(S.LoadFirst(row, last), value);
        S.StoreFirst(row, last, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Stream<T, V>(T* row, V value) where T : unmanaged where V : struct
    {
        if (typeof(V) == typeof(Vector512<T>)) ((Vector512<T>)(object)value).StoreAlignedNonTemporal(row);
        else if (typeof(V) == typeof(Vector256<T>)) ((Vector256<T>)(object)value).StoreAlignedNonTemporal(row);
        else ((Vector128<T>)(object)value).StoreAlignedNonTemporal(row);
    }
}
