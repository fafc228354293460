using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Functions;

/// <summary>Conversions of vectors to as many elements of another type, with the results of the same conversion of each element.</summary>
static class VectorCasts
{
    internal static bool Has(ElementType from, ElementType to) => (from, to) is not (ElementType.Long, ElementType.Float);

    /// <summary>The conversion: named after what it makes, and chosen by what it takes.</summary>
    internal static MethodInfo Method(VectorTypes types, ElementType from, ElementType to)
    {
        if (to == ElementType.Bool) return NonZero(types, from);
        return from == ElementType.Bool ? Numbers(types, to) : Named($"To{to}{types.Bits(to)}", types.Of(from));
    }

    /// <summary>A mask of integers of 4 bytes as one of 8.</summary>
    internal static MethodInfo Widen(VectorTypes types) => Named($"ToLong{64 * types.Lanes}", VectorTypes.Generic(32 * types.Lanes).MakeGenericType(typeof(int)));

    /// <summary>A mask of integers of 8 bytes as one of 4.</summary>
    internal static MethodInfo Narrow(VectorTypes types) => Named($"Low{32 * types.Lanes}", VectorTypes.Generic(64 * types.Lanes).MakeGenericType(typeof(long)));

    /// <summary>The vector that counts from a number by steps.</summary>
    internal static MethodInfo Count(VectorTypes types, ElementType element) => typeof(VectorCasts).GetMethod($"Count{types.Bits(element)}{element}", BindingFlags.Static | BindingFlags.NonPublic)!;

    static MethodInfo NonZero(VectorTypes types, ElementType from) =>
        Generic($"NonZero{types.Bits(from)}{(from.Size() < types.MaskBytes ? "Wide" : "")}", from.ToType(), VectorTypes.Integer(from.Size()));

    static MethodInfo Numbers(VectorTypes types, ElementType to) =>
        Generic($"Numbers{types.Bits(to)}{(to.Size() < types.MaskBytes ? "Narrow" : "")}", to.ToType(), VectorTypes.Integer(to.Size()));

    static MethodInfo Named(string name, Type operand) => typeof(VectorCasts).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic, [operand])!;

    static MethodInfo Generic(string name, params Type[] arguments) => typeof(VectorCasts).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(arguments);

    static Vector512<double> ToDouble512(Vector256<float> value) => Vector512.WidenLower(value.ToVector512Unsafe());

    static Vector256<double> ToDouble256(Vector128<float> value) => Vector256.WidenLower(value.ToVector256Unsafe());

    static Vector512<double> ToDouble512(Vector256<int> value) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(value) : Vector512.ConvertToDouble(ToLong512(value));

    static Vector256<double> ToDouble256(Vector128<int> value) => Avx.IsSupported ? Avx.ConvertToVector256Double(value) : Vector256.ConvertToDouble(ToLong256(value));

    static Vector512<double> ToDouble512(Vector512<long> value) => Vector512.ConvertToDouble(value);

    static Vector256<double> ToDouble256(Vector256<long> value) => Vector256.ConvertToDouble(value);

    static Vector128<double> ToDouble128(Vector128<long> value) => Vector128.ConvertToDouble(value);

    static Vector256<float> ToFloat256(Vector512<double> value) => Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(value) : Vector256.Narrow(value.GetLower(), value.GetUpper());

    static Vector128<float> ToFloat128(Vector256<double> value) => Avx.IsSupported ? Avx.ConvertToVector128Single(value) : Vector128.Narrow(value.GetLower(), value.GetUpper());

    static Vector512<float> ToFloat512(Vector512<int> value) => Vector512.ConvertToSingle(value);

    static Vector256<float> ToFloat256(Vector256<int> value) => Vector256.ConvertToSingle(value);

    static Vector128<float> ToFloat128(Vector128<int> value) => Vector128.ConvertToSingle(value);

    static Vector512<int> ToInt512(Vector512<float> value) => Vector512.ConvertToInt32(value);

    static Vector256<int> ToInt256(Vector256<float> value) => Vector256.ConvertToInt32(value);

    static Vector128<int> ToInt128(Vector128<float> value) => Vector128.ConvertToInt32(value);

    // Beyond the range of an int the conversion stops at its ends, and so through a long.
    static Vector256<int> ToInt256(Vector512<double> value) => Low256(Vector512.Clamp(Vector512.ConvertToInt64(value), Vector512.Create((long)int.MinValue), Vector512.Create((long)int.MaxValue)));

    static Vector128<int> ToInt128(Vector256<double> value) => Low128(Vector256.Clamp(Vector256.ConvertToInt64(value), Vector256.Create((long)int.MinValue), Vector256.Create((long)int.MaxValue)));

    static Vector256<int> ToInt256(Vector512<long> value) => Low256(value);

    static Vector128<int> ToInt128(Vector256<long> value) => Low128(value);

    static Vector512<long> ToLong512(Vector256<int> value) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int64(value) : Vector512.WidenLower(value.ToVector512Unsafe());

    static Vector256<long> ToLong256(Vector128<int> value) => Avx2.IsSupported ? Avx2.ConvertToVector256Int64(value) : Vector256.WidenLower(value.ToVector256Unsafe());

    static Vector512<long> ToLong512(Vector512<double> value) => Vector512.ConvertToInt64(value);

    static Vector256<long> ToLong256(Vector256<double> value) => Vector256.ConvertToInt64(value);

    static Vector128<long> ToLong128(Vector128<double> value) => Vector128.ConvertToInt64(value);

    static Vector512<long> ToLong512(Vector256<float> value) => Vector512.ConvertToInt64(ToDouble512(value));

    static Vector256<long> ToLong256(Vector128<float> value) => Vector256.ConvertToInt64(ToDouble256(value));

    static Vector256<int> Low256(Vector512<long> value) => Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32(value) : Vector256.Narrow(value.GetLower(), value.GetUpper());

    static Vector128<int> Low128(Vector256<long> value) => Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128Int32(value) : Vector128.Narrow(value.GetLower(), value.GetUpper());

    static Vector512<TMask> NonZero512<T, TMask>(Vector512<T> value) where T : unmanaged where TMask : unmanaged => ~Vector512.Equals(value, Vector512<T>.Zero).As<T, TMask>();

    static Vector256<TMask> NonZero256<T, TMask>(Vector256<T> value) where T : unmanaged where TMask : unmanaged => ~Vector256.Equals(value, Vector256<T>.Zero).As<T, TMask>();

    static Vector128<TMask> NonZero128<T, TMask>(Vector128<T> value) where T : unmanaged where TMask : unmanaged => ~Vector128.Equals(value, Vector128<T>.Zero).As<T, TMask>();

    static Vector512<long> NonZero256Wide<T, TMask>(Vector256<T> value) where T : unmanaged where TMask : unmanaged => ToLong512(NonZero256<T, int>(value));

    static Vector256<long> NonZero128Wide<T, TMask>(Vector128<T> value) where T : unmanaged where TMask : unmanaged => ToLong256(NonZero128<T, int>(value));

    static Vector512<T> Numbers512<T, TMask>(Vector512<TMask> mask) where T : unmanaged, System.Numerics.INumber<T> where TMask : unmanaged => mask.As<TMask, T>() & Vector512.Create(T.One);

    static Vector256<T> Numbers256<T, TMask>(Vector256<TMask> mask) where T : unmanaged, System.Numerics.INumber<T> where TMask : unmanaged => mask.As<TMask, T>() & Vector256.Create(T.One);

    static Vector128<T> Numbers128<T, TMask>(Vector128<TMask> mask) where T : unmanaged, System.Numerics.INumber<T> where TMask : unmanaged => mask.As<TMask, T>() & Vector128.Create(T.One);

    static Vector256<T> Numbers256Narrow<T, TMask>(Vector512<long> mask) where T : unmanaged, System.Numerics.INumber<T> where TMask : unmanaged => Numbers256<T, int>(Low256(mask));

    static Vector128<T> Numbers128Narrow<T, TMask>(Vector256<long> mask) where T : unmanaged, System.Numerics.INumber<T> where TMask : unmanaged => Numbers128<T, int>(Low128(mask));

    static Vector512<int> Count512Int(long first, long step) => Vector512.Create((int)first) + Vector512<int>.Indices * (int)step;

    static Vector256<int> Count256Int(long first, long step) => Vector256.Create((int)first) + Vector256<int>.Indices * (int)step;

    static Vector128<int> Count128Int(long first, long step) => Vector128.Create((int)first) + Vector128<int>.Indices * (int)step;

    static Vector512<long> Count512Long(long first, long step) => Vector512.Create(first) + Vector512<long>.Indices * step;

    static Vector256<long> Count256Long(long first, long step) => Vector256.Create(first) + Vector256<long>.Indices * step;

    static Vector128<long> Count128Long(long first, long step) => Vector128.Create(first) + Vector128<long>.Indices * step;

    static Vector512<double> Count512Double(long first, long step) => Vector512.ConvertToDouble(Count512Long(first, step));

    static Vector256<double> Count256Double(long first, long step) => Vector256.ConvertToDouble(Count256Long(first, step));

    static Vector128<double> Count128Double(long first, long step) => Vector128.ConvertToDouble(Count128Long(first, step));
}
