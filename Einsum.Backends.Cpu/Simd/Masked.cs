using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Loads and stores of a vector's first elements; where the machine has no such instruction, element by element.</summary>
static unsafe class Masked
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<T> Load<T>(T* source, Vector128<T> mask) where T : unmanaged
    {
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(float)) return Avx512F.VL.MaskLoad((float*)source, mask.AsSingle(), Vector128<float>.Zero).As<float, T>();
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(double)) return Avx512F.VL.MaskLoad((double*)source, mask.AsDouble(), Vector128<double>.Zero).As<double, T>();
        if (Avx.IsSupported && sizeof(T) == sizeof(float)) return Avx.MaskLoad((float*)source, mask.AsSingle()).As<float, T>();
        if (Avx.IsSupported && sizeof(T) == sizeof(double)) return Avx.MaskLoad((double*)source, mask.AsDouble()).As<double, T>();
        Vector128<T> loaded = default;
        Copy(source, (T*)&loaded, Bits(mask));
        return loaded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* destination, Vector128<T> mask, Vector128<T> value) where T : unmanaged
    {
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(float)) Avx512F.VL.MaskStore((float*)destination, mask.AsSingle(), value.AsSingle());
        else if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(double)) Avx512F.VL.MaskStore((double*)destination, mask.AsDouble(), value.AsDouble());
        else if (Avx.IsSupported && sizeof(T) == sizeof(float)) Avx.MaskStore((float*)destination, mask.AsSingle(), value.AsSingle());
        else if (Avx.IsSupported && sizeof(T) == sizeof(double)) Avx.MaskStore((double*)destination, mask.AsDouble(), value.AsDouble());
        else Copy((T*)&value, destination, Bits(mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Bits<T>(Vector128<T> mask) => BitOperations.PopCount(Vector128.ExtractMostSignificantBits(mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Load<T>(T* source, Vector256<T> mask) where T : unmanaged
    {
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(float)) return Avx512F.VL.MaskLoad((float*)source, mask.AsSingle(), Vector256<float>.Zero).As<float, T>();
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(double)) return Avx512F.VL.MaskLoad((double*)source, mask.AsDouble(), Vector256<double>.Zero).As<double, T>();
        if (Avx.IsSupported && sizeof(T) == sizeof(float)) return Avx.MaskLoad((float*)source, mask.AsSingle()).As<float, T>();
        if (Avx.IsSupported && sizeof(T) == sizeof(double)) return Avx.MaskLoad((double*)source, mask.AsDouble()).As<double, T>();
        Vector256<T> loaded = default;
        Copy(source, (T*)&loaded, Bits(mask));
        return loaded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* destination, Vector256<T> mask, Vector256<T> value) where T : unmanaged
    {
        if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(float)) Avx512F.VL.MaskStore((float*)destination, mask.AsSingle(), value.AsSingle());
        else if (Avx512F.VL.IsSupported && sizeof(T) == sizeof(double)) Avx512F.VL.MaskStore((double*)destination, mask.AsDouble(), value.AsDouble());
        else if (Avx.IsSupported && sizeof(T) == sizeof(float)) Avx.MaskStore((float*)destination, mask.AsSingle(), value.AsSingle());
        else if (Avx.IsSupported && sizeof(T) == sizeof(double)) Avx.MaskStore((double*)destination, mask.AsDouble(), value.AsDouble());
        else Copy((T*)&value, destination, Bits(mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Bits<T>(Vector256<T> mask) => BitOperations.PopCount(Vector256.ExtractMostSignificantBits(mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Load<T>(T* source, Vector512<T> mask) where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == sizeof(float)) return Avx512F.MaskLoad((float*)source, mask.AsSingle(), Vector512<float>.Zero).As<float, T>();
        if (Avx512F.IsSupported && sizeof(T) == sizeof(double)) return Avx512F.MaskLoad((double*)source, mask.AsDouble(), Vector512<double>.Zero).As<double, T>();
        Vector512<T> loaded = default;
        Copy(source, (T*)&loaded, Bits(mask));
        return loaded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(T* destination, Vector512<T> mask, Vector512<T> value) where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == sizeof(float)) Avx512F.MaskStore((float*)destination, mask.AsSingle(), value.AsSingle());
        else if (Avx512F.IsSupported && sizeof(T) == sizeof(double)) Avx512F.MaskStore((double*)destination, mask.AsDouble(), value.AsDouble());
        else Copy((T*)&value, destination, Bits(mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Bits<T>(Vector512<T> mask) => BitOperations.PopCount(Vector512.ExtractMostSignificantBits(mask));

    /// <summary>Copies so many elements, fewer than 64 bytes, in halves, quarters and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy<T>(T* from, T* to, int count) where T : unmanaged
    {
        byte* source = (byte*)from, destination = (byte*)to;
        var bytes = (uint)(count * sizeof(T));
        for (; bytes >= 16; bytes -= 16, source += 16, destination += 16) Vector128.Load(source).Store(destination);
        Part<long>(bytes, ref source, ref destination);
        if (sizeof(T) < sizeof(long)) Part<int>(bytes, ref source, ref destination);
        if (sizeof(T) < sizeof(int)) Part<short>(bytes, ref source, ref destination);
        if (sizeof(T) < sizeof(short)) Part<byte>(bytes, ref source, ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Part<TPart>(uint bytes, ref byte* source, ref byte* destination) where TPart : unmanaged
    {
        if ((bytes & sizeof(TPart)) == 0) return;
        Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<TPart>(source));
        source += sizeof(TPart);
        destination += sizeof(TPart);
    }
}
