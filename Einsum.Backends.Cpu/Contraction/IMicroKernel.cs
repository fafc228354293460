using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>A register tile of the result: <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c>.</summary>
unsafe interface IMicroKernel<T> where T : unmanaged
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>The height of the smallest kernel that covers so many rows.</summary>
    static abstract int HeightFor(int rows);

    /// <summary>
    /// Computes the whole tile and writes its first <paramref name="rows"/> rows to <c>c + cRows[i]</c>, each of <see cref="Columns"/> contiguous
    /// elements. Strides of x and y are free so that an operand that lies well already needs no packing; the sum runs over p in order, so
    /// an element's bits depend neither on its place in the tile nor on the tile. Of x and y, <see cref="HeightFor"/> rows and all columns are read.
    /// </summary>
    static abstract void Run(nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, bool accumulate);
}

static unsafe class MicroKernel
{
    /// <summary>Brings the tile's place in the result near while the sum is made: rows are far apart and no hardware foresees them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void PrefetchRows<T, V>(T* c, nint* cRows, int rows) where T : unmanaged where V : struct
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < rows; i++)
        {
            var row = (byte*)(c + cRows[i]);
            Sse.Prefetch0(row);
            Sse.Prefetch0(row + 2 * Unsafe.SizeOf<V>() - 1);
            if (Unsafe.SizeOf<V>() == 64) Sse.Prefetch0(row + 64);
        }
    }

    /// <summary>Writes or adds two vectors of a result row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreRow<T, V, S>(T* row, V left, V right, bool accumulate)
        where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        if (accumulate)
        {
            left = S.Add(S.Load(row), left);
            right = S.Add(S.Load(row + S.Count), right);
        }

        S.Store(row, left);
        S.Store(row + S.Count, right);
    }
}
