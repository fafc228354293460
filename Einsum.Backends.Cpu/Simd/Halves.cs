using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Halves from memory as vectors of floats, and back, to the nearest, of two the even one. .NET has no instruction for it, so the bits are moved: exponents are 112 apart, halves without an exponent become
/// the difference of two floats that have one, and floats that are less than any half with an exponent are added to a number whose last bit is that of the least half. Nothing is
/// multiplied, which takes processors a hundred cycles where a float has no exponent.
/// </summary>
static unsafe class Halves
{
    /// <summary>Where a half's exponent and mantissa lie in a float: so many bits higher, and the exponent so much larger.</summary>
    const int Shift = 13, Bias = 112 << 23;

    /// <summary>The least bits, shifted, of a half with an exponent, and of infinity.</summary>
    const int LeastNormal = 1 << 23, HalfInfinity = 31 << 23;

    /// <summary>The bits of a float that is the least half with an exponent, of one that rounds to infinity as all larger ones do, and of infinity.</summary>
    const int NormalBits = Bias + LeastNormal, MostBits = Bias + HalfInfinity, InfinityBits = 0x7f800000;

    /// <summary>The sign of a float, and where a half's other bits lie in one.</summary>
    const int SignBit = unchecked((int)0x80000000), Magnitude = 0x7fff << Shift;

    /// <summary>Rounds the last bits of a float that a half has no room for, but for the even ones of two.</summary>
    const int Rounding = (1 << Shift - 1) - 1 - Bias;

    const int NaN = 0x7e00;

    internal static float Load(ushort* source) => Widen(Vector128.CreateScalar((int)*(short*)source)).ToScalar();

    internal static void Store(ushort* destination, float value) => *destination = (ushort)Narrow(Vector128.CreateScalar(value)).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Load128(ushort* source) => Widen(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<long>(source)).AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store128(ushort* destination, Vector128<float> value) =>
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(Narrow(value), Vector128<int>.Zero).AsUInt64().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Load256(ushort* source)
    {
        var halves = Vector128.Load((short*)source);
        return Widen(Avx2.IsSupported ? Avx2.ConvertToVector256Int32(halves) : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store256(ushort* destination, Vector256<float> value)
    {
        var bits = Narrow(value);
        Vector128.Narrow(bits.GetLower(), bits.GetUpper()).AsUInt16().Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Load512(ushort* source)
    {
        var halves = Vector256.Load((short*)source);
        return Widen(Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(halves) : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store512(ushort* destination, Vector512<float> value)
    {
        var bits = Narrow(value);
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256Int16(bits).AsUInt16().Store(destination);
        else Vector256.Narrow(bits.GetLower(), bits.GetUpper()).AsUInt16().Store(destination);
    }

    /// <summary><c>to[i] = from[i]</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Widen(ushort* from, float* to, int count)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= count - 16; i += 16) Load512(from + i).Store(to + i);
        if (Vector256.IsHardwareAccelerated)
            for (; i <= count - 8; i += 8) Load256(from + i).Store(to + i);
        for (; i <= count - 4; i += 4) Load128(from + i).Store(to + i);
        for (; i < count; i++) to[i] = Load(from + i);
    }

    /// <summary><c>to[i] = from[i]</c>, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Narrow(float* from, ushort* to, int count)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= count - 16; i += 16) Store512(to + i, Vector512.Load(from + i));
        if (Vector256.IsHardwareAccelerated)
            for (; i <= count - 8; i += 8) Store256(to + i, Vector256.Load(from + i));
        for (; i <= count - 4; i += 4) Store128(to + i, Vector128.Load(from + i));
        for (; i < count; i++) Store(to + i, from[i]);
    }

    /// <summary>Of halves that were widened as integers with a sign, whose bit is the highest one then, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Widen(Vector128<int> half)
    {
        var magnitude = (half << Shift) & Vector128.Create(Magnitude);
        var bits = magnitude + Vector128.Create(Bias);
        bits = Vector128.ConditionalSelect(Vector128.GreaterThan(magnitude, Vector128.Create(HalfInfinity - 1)), bits + Vector128.Create(Bias), bits);
        var small = (bits + Vector128.Create(LeastNormal)).AsSingle() - Vector128.Create(NormalBits).AsSingle();
        bits = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(LeastNormal)), small.AsInt32(), bits);
        return (bits | (half & Vector128.Create(SignBit))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Widen(Vector256<int> half)
    {
        var magnitude = (half << Shift) & Vector256.Create(Magnitude);
        var bits = magnitude + Vector256.Create(Bias);
        bits = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(HalfInfinity - 1)), bits + Vector256.Create(Bias), bits);
        var small = (bits + Vector256.Create(LeastNormal)).AsSingle() - Vector256.Create(NormalBits).AsSingle();
        bits = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(LeastNormal)), small.AsInt32(), bits);
        return (bits | (half & Vector256.Create(SignBit))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Widen(Vector512<int> half)
    {
        var magnitude = (half << Shift) & Vector512.Create(Magnitude);
        var bits = magnitude + Vector512.Create(Bias);
        bits = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(HalfInfinity - 1)), bits + Vector512.Create(Bias), bits);
        var small = (bits + Vector512.Create(LeastNormal)).AsSingle() - Vector512.Create(NormalBits).AsSingle();
        bits = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(LeastNormal)), small.AsInt32(), bits);
        return (bits | (half & Vector512.Create(SignBit))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Narrow(Vector128<float> value)
    {
        var (sign, magnitude) = (value.AsInt32() & Vector128.Create(SignBit), value.AsInt32() & Vector128.Create(~SignBit));
        var most = Vector128.Min(magnitude, Vector128.Create(MostBits));
        var bits = (most + Vector128.Create(Rounding) + ((most >>> Shift) & Vector128<int>.One)) >>> Shift;
        var small = (magnitude.AsSingle() + Vector128.Create(0.5f)).AsInt32() - Vector128.Create(0.5f).AsInt32();
        bits = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(NormalBits)), small, bits);
        bits = Vector128.ConditionalSelect(Vector128.GreaterThan(magnitude, Vector128.Create(InfinityBits)), Vector128.Create(NaN), bits);
        return bits | (sign >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Narrow(Vector256<float> value)
    {
        var (sign, magnitude) = (value.AsInt32() & Vector256.Create(SignBit), value.AsInt32() & Vector256.Create(~SignBit));
        var most = Vector256.Min(magnitude, Vector256.Create(MostBits));
        var bits = (most + Vector256.Create(Rounding) + ((most >>> Shift) & Vector256<int>.One)) >>> Shift;
        var small = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsInt32() - Vector256.Create(0.5f).AsInt32();
        bits = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(NormalBits)), small, bits);
        bits = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(InfinityBits)), Vector256.Create(NaN), bits);
        return bits | (sign >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Narrow(Vector512<float> value)
    {
        var (sign, magnitude) = (value.AsInt32() & Vector512.Create(SignBit), value.AsInt32() & Vector512.Create(~SignBit));
        var most = Vector512.Min(magnitude, Vector512.Create(MostBits));
        var bits = (most + Vector512.Create(Rounding) + ((most >>> Shift) & Vector512<int>.One)) >>> Shift;
        var small = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsInt32() - Vector512.Create(0.5f).AsInt32();
        bits = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(NormalBits)), small, bits);
        bits = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(InfinityBits)), Vector512.Create(NaN), bits);
        return bits | (sign >>> 16);
    }
}
