using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>The first elements of a vector in memory, where what follows them belongs to others; a mask says which they are.</summary>
static unsafe class PartVector<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    const int MostBytes = 64;

    // Lies in the assembly's image, which does not move.
    static ReadOnlySpan<byte> Bytes =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>All bits set in the first <paramref name="count"/> elements, none in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // A call would spill every sum of its caller.
    internal static V First(nint count) =>
        S.Load((T*)((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Bytes)) + MostBytes - count * sizeof(T)));

    /// <summary>The masked elements; the others are 0 and their memory is not read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Load(T* source, V mask)
    {
        if (typeof(V) == typeof(Vector512<float>)) return (V)(object)Avx512F.MaskLoad((float*)source, (Vector512<float>)(object)mask, default);
        if (typeof(V) == typeof(Vector512<double>)) return (V)(object)Avx512F.MaskLoad((double*)source, (Vector512<double>)(object)mask, default);
        if (Avx.IsSupported)
        {
            if (typeof(V) == typeof(Vector256<float>)) return (V)(object)Avx.MaskLoad((float*)source, (Vector256<float>)(object)mask);
            if (typeof(V) == typeof(Vector256<double>)) return (V)(object)Avx.MaskLoad((double*)source, (Vector256<double>)(object)mask);
            if (typeof(V) == typeof(Vector128<float>)) return (V)(object)Avx.MaskLoad((float*)source, (Vector128<float>)(object)mask);
            if (typeof(V) == typeof(Vector128<double>)) return (V)(object)Avx.MaskLoad((double*)source, (Vector128<double>)(object)mask);
        }

        var value = default(V);
        Copy(ref Unsafe.AsRef<T>(source), ref Unsafe.As<V, T>(ref value), mask);
        return value;
    }

    /// <summary>Writes the masked elements and touches no other memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(T* destination, V mask, V value)
    {
        if (typeof(V) == typeof(Vector512<float>)) Avx512F.MaskStore((float*)destination, (Vector512<float>)(object)mask, (Vector512<float>)(object)value);
        else if (typeof(V) == typeof(Vector512<double>)) Avx512F.MaskStore((double*)destination, (Vector512<double>)(object)mask, (Vector512<double>)(object)value);
        else if (!Avx.IsSupported) Copy(ref Unsafe.As<V, T>(ref value), ref Unsafe.AsRef<T>(destination), mask);
        else if (typeof(V) == typeof(Vector256<float>)) Avx.MaskStore((float*)destination, (Vector256<float>)(object)mask, (Vector256<float>)(object)value);
        else if (typeof(V) == typeof(Vector256<double>)) Avx.MaskStore((double*)destination, (Vector256<double>)(object)mask, (Vector256<double>)(object)value);
        else if (typeof(V) == typeof(Vector128<float>)) Avx.MaskStore((float*)destination, (Vector128<float>)(object)mask, (Vector128<float>)(object)value);
        else Avx.MaskStore((double*)destination, (Vector128<double>)(object)mask, (Vector128<double>)(object)value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Copy(ref T source, ref T destination, V mask)
    {
        ref var set = ref Unsafe.As<V, byte>(ref mask);
        for (var i = 0; i < S.Count && Unsafe.Add(ref set, i * sizeof(T)) != 0; i++) Unsafe.Add(ref destination, i) = Unsafe.Add(ref source, i);
    }
}
