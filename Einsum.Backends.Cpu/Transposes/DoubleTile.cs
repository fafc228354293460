using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Two by two elements of eight bytes in two registers of 128 bits.</summary>
readonly unsafe struct DoubleTile<TZip> : ITile<double> where TZip : struct, IZip
{
    public static int Side => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose<TStore>(double* source, nint sourceStride, double* destination, nint destinationStride) where TStore : struct, IStore
    {
        var (a, b) = (Vector128.Load(source), Vector128.Load(source + sourceStride));
        TZip.Low(a, b).Store(destination);
        TZip.High(a, b).Store(destination + destinationStride);
    }

    public static void TransposePart(double* source, nint sourceStride, double* destination, nint destinationStride, int rows, int columns) =>
        SquareOnStack.TransposePart<double, DoubleTile<TZip>>(source, sourceStride, destination, destinationStride, rows, columns);
}
