using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Eight by eight elements of two bytes in eight registers of 128 bits: rows half a square apart are zipped, three times.</summary>
readonly unsafe struct ShortTile<TZip> : ITile<ushort> where TZip : struct, IZip
{
    public static int Side => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(ushort* source, nint sourceStride, ushort* destination, nint destinationStride) where TStore : struct, IStore
    {
        var half = source + 4 * sourceStride;
        var (a0, a4) = Zip(Vector128.Load(source), Vector128.Load(half));
        var (a1, a5) = Zip(Vector128.Load(source + sourceStride), Vector128.Load(half + sourceStride));
        var (a2, a6) = Zip(Vector128.Load(source + 2 * sourceStride), Vector128.Load(half + 2 * sourceStride));
        var (a3, a7) = Zip(Vector128.Load(source + 3 * sourceStride), Vector128.Load(half + 3 * sourceStride));
        Last(destination, destinationStride, a0, a1, a2, a3);
        Last(destination + 4 * destinationStride, destinationStride, a4, a5, a6, a7);
    }

    public static void TransposePart(ushort* source, nint sourceStride, ushort* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<ushort, ShortTile<TZip>>(source, sourceStride, destination, destinationStride, rows, columns);

    /// <summary>The last two rounds, for four rows of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Last(ushort* destination, nint stride, Vector128<ushort> a, Vector128<ushort> b, Vector128<ushort> c, Vector128<ushort> d)
    {
        var ((ac0, ac1), (bd0, bd1)) = (Zip(a, c), Zip(b, d));
        TZip.Low(ac0, bd0).Store(destination);
        TZip.High(ac0, bd0).Store(destination + stride);
        TZip.Low(ac1, bd1).Store(destination + 2 * stride);
        TZip.High(ac1, bd1).Store(destination + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<ushort> Low, Vector128<ushort> High) Zip(Vector128<ushort> a, Vector128<ushort> b) => (TZip.Low(a, b), TZip.High(a, b));
}
