using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Sixteen by sixteen elements of a byte in sixteen registers of 128 bits: rows half a square apart are zipped, four times.</summary>
readonly unsafe struct ByteTile<TZip> : ITile<byte> where TZip : struct, IZip
{
    public static int Side => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(byte* source, nint sourceStride, byte* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a0, a8) = Pair(source, sourceStride);
        var (a1, a9) = Pair(source + sourceStride, sourceStride);
        var (a2, a10) = Pair(source + 2 * sourceStride, sourceStride);
        var (a3, a11) = Pair(source + 3 * sourceStride, sourceStride);
        source += 4 * sourceStride;
        var (a4, a12) = Pair(source, sourceStride);
        var (a5, a13) = Pair(source + sourceStride, sourceStride);
        var (a6, a14) = Pair(source + 2 * sourceStride, sourceStride);
        var (a7, a15) = Pair(source + 3 * sourceStride, sourceStride);
        Half(destination, destinationStride, a0, a1, a2, a3, a4, a5, a6, a7);
        Half(destination + 8 * destinationStride, destinationStride, a8, a9, a10, a11, a12, a13, a14, a15);
    }

    public static void TransposePart(byte* source, nint sourceStride, byte* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<byte, ByteTile<TZip>>(source, sourceStride, destination, destinationStride, rows, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<byte> Low, Vector128<byte> High) Pair(byte* source, nint stride) => Zip(Vector128.Load(source), Vector128.Load(source + 8 * stride));

    /// <summary>The last three rounds, for eight rows of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Half(byte* destination, nint stride, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d,
        Vector128<byte> e, Vector128<byte> f, Vector128<byte> g, Vector128<byte> h)
    {
        var ((ae0, ae1), (bf0, bf1), (cg0, cg1), (dh0, dh1)) = (Zip(a, e), Zip(b, f), Zip(c, g), Zip(d, h));
        Last(destination, stride, ae0, bf0, cg0, dh0);
        Last(destination + 4 * stride, stride, ae1, bf1, cg1, dh1);
    }

    /// <summary>The last two rounds, for four rows of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Last(byte* destination, nint stride, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d)
    {
        var ((ac0, ac1), (bd0, bd1)) = (Zip(a, c), Zip(b, d));
        TZip.Low(ac0, bd0).Store(destination);
        TZip.High(ac0, bd0).Store(destination + stride);
        TZip.Low(ac1, bd1).Store(destination + 2 * stride);
        TZip.High(ac1, bd1).Store(destination + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<byte> Low, Vector128<byte> High) Zip(Vector128<byte> a, Vector128<byte> b) => (TZip.Low(a, b), TZip.High(a, b));
}
