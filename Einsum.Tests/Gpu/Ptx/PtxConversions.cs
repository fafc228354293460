namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>PTX ISA, section "cvt": between integers, between floating-point numbers, and between the two; null for what it does not know.</summary>
static class PtxConversions
{
    internal static Func<ulong, ulong>? Of(string mode, string to, string from)
    {
        if (PtxBits.IsWhole(to) && PtxBits.IsWhole(from)) return mode == "" ? x => Cut(PtxBits.Extend(x, from), to) : null;
        return (mode, to, from) switch
        {
            ("", "f32", "f16") => x => PtxBits.Raw((float)PtxBits.Of<Half>(x)),
            ("", "f64", "f16") => x => PtxBits.Raw((double)PtxBits.Of<Half>(x)),
            ("", "f64", "f32") => x => PtxBits.Raw((double)PtxBits.Of<float>(x)),
            ("rn", "f32", "f64") => x => PtxBits.Raw((float)PtxBits.Of<double>(x)),
            ("rn", "f16", "f32") => x => PtxBits.Raw((Half)PtxBits.Of<float>(x)),
            ("rn", "f16", "f64") => x => PtxBits.Raw((Half)PtxBits.Of<double>(x)),
            ("rna", "tf32", "f32") => x => RoundAway((uint)x),
            ("sat", "f32", "f32") => PtxBits.Unary<float>(x => float.IsNaN(x) ? 0 : float.Clamp(x, 0, 1)),
            (_, "f32" or "f64", "f32" or "f64") when to == from && Rounding(mode) is { } round => to == "f32" ? PtxBits.Unary<float>(x => (float)round(x)) : PtxBits.Unary<double>(round),
            ("rn", "f32", _) when PtxBits.IsWhole(from) => from == "u64" ? x => PtxBits.Raw((float)x) : x => PtxBits.Raw((float)PtxBits.Extend(x, from)),
            ("rn", "f64", _) when PtxBits.IsWhole(from) => from == "u64" ? x => PtxBits.Raw((double)x) : x => PtxBits.Raw((double)PtxBits.Extend(x, from)),
            (_, _, "f32") when PtxBits.IsWhole(to) && Rounding(mode) is { } round => x => Whole(round(PtxBits.Of<float>(x)), to),
            (_, _, "f64") when PtxBits.IsWhole(to) && Rounding(mode) is { } round => x => Whole(round(PtxBits.Of<double>(x)), to),
            _ => null,
        };
    }

    /// <summary>Two numbers to one register: the first is the upper half.</summary>
    internal static ulong PackBFloat16(ulong high, ulong low) => (uint)BFloat16((uint)high) << 16 | BFloat16((uint)low);

    static Func<double, double>? Rounding(string mode) => mode switch
    {
        "rni" => x => Math.Round(x, MidpointRounding.ToEven),
        "rzi" => Math.Truncate,
        "rmi" => Math.Floor,
        "rpi" => Math.Ceiling,
        _ => null,
    };

    /// <summary>The bits that the type has, its sign in those above.</summary>
    static ulong Cut(long value, string type) => (ulong)PtxBits.Extend((ulong)value, type);

    /// <summary>The closest number of the type; 0 for NaN.</summary>
    static ulong Whole(double x, string type) => type switch
    {
        _ when double.IsNaN(x) => 0,
        "s8" => (ulong)(long)Math.Clamp(x, sbyte.MinValue, sbyte.MaxValue),
        "u8" => (ulong)Math.Clamp(x, 0, byte.MaxValue),
        "s16" => (ulong)(long)Math.Clamp(x, short.MinValue, short.MaxValue),
        "u16" => (ulong)Math.Clamp(x, 0, ushort.MaxValue),
        "s32" => (ulong)(long)Math.Clamp(x, int.MinValue, int.MaxValue),
        "u32" => (ulong)Math.Clamp(x, 0, uint.MaxValue),
        "s64" => x >= 9223372036854775808.0 ? long.MaxValue : x < -9223372036854775808.0 ? 1UL << 63 : (ulong)(long)x,
        "u64" => x >= 18446744073709551616.0 ? ulong.MaxValue : x < 0 ? 0 : (ulong)x,
        _ => throw new PtxException($"{type} is no integer."),
    };

    /// <summary>Ten bits behind the point, ties away from zero; the thirteen below are zero.</summary>
    static ulong RoundAway(uint bits) => (bits & 0x7f80_0000) == 0x7f80_0000 ? bits & ~0x1fffu : bits + 0x1000 & ~0x1fffu;

    /// <summary>Seven bits behind the point, ties to even.</summary>
    static ushort BFloat16(uint bits)
    {
        if ((bits & 0x7fff_ffff) > 0x7f80_0000) return 0x7fff;
        var (upper, rest) = (bits >> 16, bits & 0xffff);
        return (ushort)(rest > 0x8000 || rest == 0x8000 && (upper & 1) != 0 ? upper + 1 : upper);
    }
}
