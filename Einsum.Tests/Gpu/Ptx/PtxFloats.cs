using System.Numerics;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// Arithmetic of floating-point numbers (PTX ISA, section "Floating-Point Instructions"). What is rounded is rounded to nearest, but for the few instructions that libraries round
/// otherwise; approximations are the correctly rounded values, which lie within the errors that the manual allows.
/// </summary>
static class PtxFloats
{
    /// <summary>The instruction without its type: <c>rn</c>, <c>approx.ftz</c>.</summary>
    internal static Func<ulong, ulong>? Unary(string name, string mode, string type) => (name, mode, type) switch
    {
        ("neg", "", "f32") => x => (uint)x ^ 0x8000_0000u,
        ("neg", "", "f64") => x => x ^ 1UL << 63,
        ("abs", "", "f32") => x => (uint)x & 0x7fff_ffffu,
        ("abs", "", "f64") => x => x & ~(1UL << 63),
        ("sqrt", "rn", "f32") => PtxBits.Unary<float>(MathF.Sqrt),
        ("sqrt", "rn", "f64") => PtxBits.Unary<double>(Math.Sqrt),
        ("rcp", "rn", "f32") => PtxBits.Unary<float>(x => 1 / x),
        ("rcp", "rn", "f64") => PtxBits.Unary<double>(x => 1 / x),
        ("rcp", "approx.ftz", "f32") => PtxBits.Unary<float>(x => Flush(1 / Flush(x))),
        ("ex2", "approx", "f32") => PtxBits.Unary<float>(x => (float)Math.Pow(2, x)),
        ("ex2", "approx.ftz", "f32") => PtxBits.Unary<float>(x => Flush((float)Math.Pow(2, Flush(x)))),
        ("lg2", "approx", "f32") => PtxBits.Unary<float>(x => (float)Math.Log2(x)),
        ("tanh", "approx", "f32") => PtxBits.Unary<float>(x => (float)Math.Tanh(x)),
        // Of these the low halves of operand and result are zero.
        ("rcp", "approx.ftz", "f64") => PtxBits.Unary<double>(x => High(1 / High(x))),
        ("rsqrt", "approx.ftz", "f64") => PtxBits.Unary<double>(x => High(1 / Math.Sqrt(High(x)))),
        _ => null,
    };

    internal static Func<ulong, ulong, ulong>? Binary(string name, string mode, string type) => (name, mode, type) switch
    {
        (_, "" or "rn", "f32") => Binary<float>(name),
        (_, "" or "rn", "f64") => Binary<double>(name),
        ("add", "rz", "f32") => PtxBits.Binary<float>((x, y) => Directed(x, 1, y, isDown: false)),
        ("div", "approx" or "full", "f32") => PtxBits.Binary<float>((x, y) => x / y),
        _ => null,
    };

    static Func<ulong, ulong, ulong>? Binary<T>(string name) where T : unmanaged, IBinaryFloatingPointIeee754<T> => name switch
    {
        "add" => PtxBits.Binary<T>((x, y) => x + y),
        "sub" => PtxBits.Binary<T>((x, y) => x - y),
        "mul" => PtxBits.Binary<T>((x, y) => x * y),
        "div" => PtxBits.Binary<T>((x, y) => x / y),
        // Of a number and NaN it is the number.
        "min" => PtxBits.Binary<T>(T.MinNumber),
        "max" => PtxBits.Binary<T>(T.MaxNumber),
        "copysign" => PtxBits.Binary<T>((x, y) => T.CopySign(y, x)),
        _ => null,
    };

    internal static Func<ulong, ulong, ulong, ulong>? Ternary(string name, string mode, string type) => (name, mode, type) switch
    {
        ("fma", "rn", "f32") => PtxBits.Ternary<float>(MathF.FusedMultiplyAdd),
        ("fma", "rn", "f64") => PtxBits.Ternary<double>(Math.FusedMultiplyAdd),
        ("fma", "rz", "f32") => PtxBits.Ternary<float>((x, y, z) => Directed(x, y, z, isDown: false)),
        ("fma", "rm", "f32") => PtxBits.Ternary<float>((x, y, z) => Directed(x, y, z, isDown: true)),
        _ => null,
    };

    static float Flush(float x) => float.IsSubnormal(x) ? MathF.CopySign(0, x) : x;

    static double High(double x) => BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(x) & 0xffff_ffff_0000_0000);

    /// <summary>x y + z toward minus infinity, or toward zero. The product is exact in double; what the sum loses says on which side of it the rounded one is.</summary>
    static float Directed(float x, float y, float z, bool isDown)
    {
        var (product, addend) = ((double)x * y, (double)z);
        var sum = product + addend;
        if (!double.IsFinite(sum) || double.Abs(sum) > float.MaxValue) return isDown || !double.IsFinite(sum) ? (float)sum : MathF.CopySign(float.MaxValue, (float)sum);
        var rest = addend - (sum - (sum - addend)) + (product - (sum - addend));
        var rounded = (float)sum;
        var excess = (double)rounded - sum;
        var above = excess > 0 || excess == 0 && rest < 0;
        var below = excess < 0 || excess == 0 && rest > 0;
        if (above && (isDown || sum > 0)) return MathF.BitDecrement(rounded);
        return below && !isDown && sum < 0 ? MathF.BitIncrement(rounded) : rounded;
    }

    internal static Func<ulong, ulong, bool>? Comparison(string name, string type) => type switch
    {
        "f32" => Comparison<float>(name),
        "f64" => Comparison<double>(name),
        "s16" => Comparison<short>(name),
        "s32" => Comparison<int>(name),
        "s64" => Comparison<long>(name),
        "u16" or "b16" => Comparison<ushort>(name),
        "u32" or "b32" => Comparison<uint>(name),
        "u64" or "b64" => Comparison<ulong>(name),
        _ => null,
    };

    /// <summary>PTX ISA, section "Comparisons": those that end with u are true of NaN.</summary>
    static Func<ulong, ulong, bool>? Comparison<T>(string name) where T : unmanaged, INumber<T> => name switch
    {
        "eq" => PtxBits.Comparison<T>((x, y) => x == y),
        "ne" => PtxBits.Comparison<T>((x, y) => x != y && !T.IsNaN(x) && !T.IsNaN(y)),
        "lt" or "lo" => PtxBits.Comparison<T>((x, y) => x < y),
        "le" or "ls" => PtxBits.Comparison<T>((x, y) => x <= y),
        "gt" or "hi" => PtxBits.Comparison<T>((x, y) => x > y),
        "ge" or "hs" => PtxBits.Comparison<T>((x, y) => x >= y),
        "equ" => PtxBits.Comparison<T>((x, y) => !(x < y) && !(x > y)),
        "neu" => PtxBits.Comparison<T>((x, y) => x != y),
        "ltu" => PtxBits.Comparison<T>((x, y) => !(x >= y)),
        "leu" => PtxBits.Comparison<T>((x, y) => !(x > y)),
        "gtu" => PtxBits.Comparison<T>((x, y) => !(x <= y)),
        "geu" => PtxBits.Comparison<T>((x, y) => !(x < y)),
        "num" => PtxBits.Comparison<T>((x, y) => !T.IsNaN(x) && !T.IsNaN(y)),
        "nan" => PtxBits.Comparison<T>((x, y) => T.IsNaN(x) || T.IsNaN(y)),
        _ => null,
    };
}
