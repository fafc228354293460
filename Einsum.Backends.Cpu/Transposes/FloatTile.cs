using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Four by four elements of four bytes in four registers of 128 bits: rows half a square apart are zipped, twice.</summary>
readonly unsafe struct FloatTile<TZip> : ITile<float> where TZip : struct, IZip
{
    public static int Side => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(float* source, nint sourceStride, float* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a, b) = (Vector128.Load(source), Vector128.Load(source + sourceStride));
        var (c, d) = (Vector128.Load(source + 2 * sourceStride), Vector128.Load(source + 3 * sourceStride));
        var (ac, bd) = (TZip.Low(a, c), TZip.Low(b, d));
        TZip.Low(ac, bd).Store(destination);
        TZip.High(ac, bd).Store(destination + destinationStride);
        (ac, bd) = (TZip.High(a, c), TZip.High(b, d));
        TZip.Low(ac, bd).Store(destination + 2 * destinationStride);
        TZip.High(ac, bd).Store(destination + 3 * destinationStride);
    }

    public static void TransposePart(float* source, nint sourceStride, float* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<float, FloatTile<TZip>>(source, sourceStride, destination, destinationStride, rows, columns);
}
