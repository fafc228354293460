using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Functions;

/// <summary>Bools in vectors: masks of integers, all ones or zero; bools in memory are bytes, one or zero.</summary>
static unsafe class VectorMasks
{
    internal static MethodInfo Spread(VectorTypes types) => Named($"Spread{types.Bits(ElementType.Bool)}", types);

    internal static MethodInfo Load(VectorTypes types) => Named($"Load{types.Bits(ElementType.Bool)}", types);

    internal static MethodInfo Store(VectorTypes types) => Named($"Store{types.Bits(ElementType.Bool)}", types);

    internal static MethodInfo Equal(VectorTypes types) => Named($"Equal{types.Bits(ElementType.Bool)}", types);

    internal static MethodInfo Fold(VectorTypes types, ElementFunction combine) => Named($"{combine}{types.Bits(ElementType.Bool)}", types);

    static MethodInfo Named(string name, VectorTypes types) => typeof(VectorMasks).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(types.Mask);

    static Vector128<T> Spread128<T>(bool value) where T : unmanaged => value ? Vector128<T>.AllBitsSet : Vector128<T>.Zero;

    static Vector256<T> Spread256<T>(bool value) where T : unmanaged => value ? Vector256<T>.AllBitsSet : Vector256<T>.Zero;

    static Vector512<T> Spread512<T>(bool value) where T : unmanaged => value ? Vector512<T>.AllBitsSet : Vector512<T>.Zero;

    static Vector128<T> Equal128<T>(Vector128<T> left, Vector128<T> right) where T : unmanaged => ~(left ^ right);

    static Vector256<T> Equal256<T>(Vector256<T> left, Vector256<T> right) where T : unmanaged => ~(left ^ right);

    static Vector512<T> Equal512<T>(Vector512<T> left, Vector512<T> right) where T : unmanaged => ~(left ^ right);

    static bool And128<T>(Vector128<T> mask) where T : unmanaged => Vector128.EqualsAll(mask.AsInt64(), Vector128<long>.AllBitsSet);

    static bool And256<T>(Vector256<T> mask) where T : unmanaged => Vector256.EqualsAll(mask.AsInt64(), Vector256<long>.AllBitsSet);

    static bool And512<T>(Vector512<T> mask) where T : unmanaged => Vector512.EqualsAll(mask.AsInt64(), Vector512<long>.AllBitsSet);

    static bool Or128<T>(Vector128<T> mask) where T : unmanaged => mask.AsInt64() != Vector128<long>.Zero;

    static bool Or256<T>(Vector256<T> mask) where T : unmanaged => mask.AsInt64() != Vector256<long>.Zero;

    static bool Or512<T>(Vector512<T> mask) where T : unmanaged => mask.AsInt64() != Vector512<long>.Zero;

    static Vector128<T> Load128<T>(byte* source) where T : unmanaged => sizeof(T) == 1
        ? Vector128.GreaterThan(Vector128.Load(source), Vector128<byte>.Zero).As<byte, T>()
        : Expand<T>(source, Vector128<T>.Count).GetLower().GetLower();

    static Vector256<T> Load256<T>(byte* source) where T : unmanaged => sizeof(T) == 1
        ? Vector256.GreaterThan(Vector256.Load(source), Vector256<byte>.Zero).As<byte, T>()
        : Expand<T>(source, Vector256<T>.Count).GetLower();

    static Vector512<T> Load512<T>(byte* source) where T : unmanaged => sizeof(T) == 1
        ? Vector512.GreaterThan(Vector512.Load(source), Vector512<byte>.Zero).As<byte, T>()
        : Expand<T>(source, Vector512<T>.Count);

    /// <summary>So many bytes, the first elements of a mask of integers of 4 or 8 bytes; the other elements are clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Expand<T>(byte* source, int count) where T : unmanaged
    {
        var bytes = count switch
        {
            2 => Vector128.CreateScalar(Unsafe.ReadUnaligned<ushort>(source)).AsByte(),
            4 => Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(source)).AsByte(),
            8 => Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsByte(),
            _ => Vector128.Load(source),
        };
        if (sizeof(T) == 4)
        {
            var wide = Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(bytes)
                : Vector512.Create(Vector256.Create(Quarter(bytes, 0), Quarter(bytes, 1)), Vector256.Create(Quarter(bytes, 2), Quarter(bytes, 3)));
            return Vector512.GreaterThan(wide, Vector512<int>.Zero).As<int, T>();
        }
        var widest = Avx512F.IsSupported ? Avx512F.ConvertToVector512Int64(bytes)
            : Vector512.Create(
                Vector256.Create(Vector128.WidenLower(Quarter(bytes, 0)), Vector128.WidenUpper(Quarter(bytes, 0))),
                Vector256.Create(Vector128.WidenLower(Quarter(bytes, 1)), Vector128.WidenUpper(Quarter(bytes, 1))));
        return Vector512.GreaterThan(widest, Vector512<long>.Zero).As<long, T>();
    }

    static Vector128<int> Quarter(Vector128<byte> bytes, int quarter)
    {
        var half = quarter < 2 ? Vector128.WidenLower(bytes) : Vector128.WidenUpper(bytes);
        return (quarter % 2 == 0 ? Vector128.WidenLower(half) : Vector128.WidenUpper(half)).AsInt32();
    }

    static void Store128<T>(byte* target, Vector128<T> mask) where T : unmanaged
    {
        if (sizeof(T) == 1) (mask.AsByte() & Vector128.Create((byte)1)).Store(target);
        else Write(target, Vector128.ExtractMostSignificantBits(mask), Vector128<T>.Count);
    }

    static void Store256<T>(byte* target, Vector256<T> mask) where T : unmanaged
    {
        if (sizeof(T) == 1) (mask.AsByte() & Vector256.Create((byte)1)).Store(target);
        else Write(target, Vector256.ExtractMostSignificantBits(mask), Vector256<T>.Count);
    }

    static void Store512<T>(byte* target, Vector512<T> mask) where T : unmanaged
    {
        if (sizeof(T) == 1) (mask.AsByte() & Vector512.Create((byte)1)).Store(target);
        else Write(target, Vector512.ExtractMostSignificantBits(mask), Vector512<T>.Count);
    }

    /// <summary>A byte of one or zero for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write(byte* target, ulong bits, int count)
    {
        const ulong ones = 0x0101010101010101;
        if (!Bmi2.X64.IsSupported)
        {
            for (var i = 0; i < count; i++) target[i] = (byte)(bits >> i & 1);
            return;
        }
        for (; count >= 8; count -= 8, bits >>= 8, target += 8) Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitDeposit(bits, ones));
        if (count == 4) Unsafe.WriteUnaligned(target, (uint)Bmi2.X64.ParallelBitDeposit(bits, ones));
        else if (count == 2) Unsafe.WriteUnaligned(target, (ushort)Bmi2.X64.ParallelBitDeposit(bits, ones));
    }
}
