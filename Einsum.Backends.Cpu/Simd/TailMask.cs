using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Masks for the elements that whole vectors leave over: the last vector that fits is used once more, and only its last elements count. A
/// factor of zero would not do, because zero times infinity is not zero.
/// </summary>
static unsafe class TailMask
{
    const int MostBytes = 64;

    // Lies in the assembly's image, which does not move.
    static ReadOnlySpan<byte> Bytes =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>A vector whose last <paramref name="count"/> elements have all bits set, and whose others have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call would spill every sum of its caller.
    internal static V Last<T, V, S>(nint count) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        var middle = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Bytes)) + MostBytes;
        return S.Load((T*)(middle - (S.Count - count) * sizeof(T)));
    }

    /// <summary>A vector whose first <paramref name="count"/> elements have all bits set, and whose others have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V First<T, V, S>(nint count) where T : unmanaged where V : struct where S : struct, ISimd<T, V>
    {
        var end = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Bytes)) + 2 * MostBytes;
        return S.Load((T*)(end - count * sizeof(T)));
    }
}
