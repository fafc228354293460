using System.Numerics;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Arithmetic, logic and shifts of integers (PTX ISA, sections "Integer Arithmetic Instructions" and "Logic and Shift Instructions"); null for what is none of them.</summary>
static class PtxIntegers
{
    internal static Func<ulong, ulong>? Unary(string name, string type) => type switch
    {
        "pred" => name == "not" ? x => x ^ 1 : null,
        "b16" or "u16" => Unary<ushort>(name),
        "s16" => Unary<short>(name),
        "b32" or "u32" => Unary<uint>(name),
        "s32" => Unary<int>(name),
        "b64" or "u64" => Unary<ulong>(name),
        "s64" => Unary<long>(name),
        _ => null,
    };

    static Func<ulong, ulong>? Unary<T>(string name) where T : unmanaged, IBinaryInteger<T> => name switch
    {
        "neg" => PtxBits.Unary<T>(x => unchecked(T.Zero - x)),
        "not" => PtxBits.Unary<T>(x => ~x),
        "abs" => PtxBits.Unary<T>(x => T.IsNegative(x) ? unchecked(T.Zero - x) : x),
        "clz" => x => ulong.CreateTruncating(T.LeadingZeroCount(PtxBits.Of<T>(x))),
        "popc" => x => ulong.CreateTruncating(T.PopCount(PtxBits.Of<T>(x))),
        _ => null,
    };

    internal static Func<ulong, ulong, ulong>? Binary(string name, string mode, string type) => (name, mode, type) switch
    {
        (_, "", "pred") => name switch { "and" => (x, y) => x & y, "or" => (x, y) => x | y, "xor" => (x, y) => x ^ y, _ => null },
        ("mul", "wide", "u16") => (x, y) => (uint)(ushort)x * (ushort)y,
        ("mul", "wide", "s16") => (x, y) => (uint)((short)x * (short)y),
        ("mul", "wide", "u32") => (x, y) => (ulong)(uint)x * (uint)y,
        ("mul", "wide", "s32") => (x, y) => (ulong)((long)(int)x * (int)y),
        ("mul", "hi", "u32") => (x, y) => (ulong)(uint)x * (uint)y >> 32,
        ("mul", "hi", "s32") => (x, y) => (uint)((long)(int)x * (int)y >> 32),
        ("mul", "hi", "u64") => (x, y) => Math.BigMul(x, y, out _),
        ("mul", "hi", "s64") => (x, y) => (ulong)Math.BigMul((long)x, (long)y, out _),
        ("mul", "lo", _) or (_, "", _) => type switch
        {
            "b16" or "u16" => Binary<ushort>(name),
            "s16" => Binary<short>(name),
            "b32" or "u32" => Binary<uint>(name),
            "s32" => Binary<int>(name),
            "b64" or "u64" => Binary<ulong>(name),
            "s64" => Binary<long>(name),
            _ => null,
        },
        _ => null,
    };

    static Func<ulong, ulong, ulong>? Binary<T>(string name) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => name switch
    {
        "add" => PtxBits.Binary<T>((x, y) => unchecked(x + y)),
        "sub" => PtxBits.Binary<T>((x, y) => unchecked(x - y)),
        "mul" => PtxBits.Binary<T>((x, y) => unchecked(x * y)),
        // Of division by zero the manual leaves the value open; of the least number by -1 it is what wraps around.
        "div" => PtxBits.Binary<T>((x, y) => T.IsZero(y) ? T.AllBitsSet : IsOverflow(x, y) ? x : x / y),
        "rem" => PtxBits.Binary<T>((x, y) => T.IsZero(y) ? x : IsOverflow(x, y) ? T.Zero : x % y),
        "min" => PtxBits.Binary<T>(T.Min),
        "max" => PtxBits.Binary<T>(T.Max),
        "and" => PtxBits.Binary<T>((x, y) => x & y),
        "or" => PtxBits.Binary<T>((x, y) => x | y),
        "xor" => PtxBits.Binary<T>((x, y) => x ^ y),
        // Amounts are 32 bits without a sign, and those above the width are the width.
        "shl" => (x, y) => (uint)y >= Bits<T>() ? 0 : PtxBits.Raw(PtxBits.Of<T>(x) << (int)y),
        "shr" => (x, y) => PtxBits.Raw((uint)y >= Bits<T>() ? PtxBits.Of<T>(x) >> (Bits<T>() - 1) >> 1 : PtxBits.Of<T>(x) >> (int)y),
        _ => null,
    };

    static bool IsOverflow<T>(T x, T y) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => T.IsNegative(T.MinValue) && x == T.MinValue && y == T.AllBitsSet;

    static unsafe int Bits<T>() where T : unmanaged => 8 * sizeof(T);

    internal static Func<ulong, ulong, ulong, ulong>? Ternary(string name, string mode, string type)
    {
        if (name == "mad" && Binary("mul", mode, type) is { } product)
            return mode == "wide" || PtxBits.Width(type) == 64 ? type == "u16" || type == "s16" ? (x, y, z) => (uint)(product(x, y) + z) : (x, y, z) => product(x, y) + z
                : PtxBits.Width(type) == 32 ? (x, y, z) => (uint)(product(x, y) + z) : (x, y, z) => (ushort)(product(x, y) + z);
        return (name, mode, type) == ("prmt", "", "b32") ? Permute : null;
    }

    /// <summary>Each four bits of the selector name one of the eight bytes of y and x; the highest of them asks for copies of its sign.</summary>
    static ulong Permute(ulong x, ulong y, ulong selector)
    {
        var (bytes, result) = ((ulong)(uint)y << 32 | (uint)x, 0u);
        for (var i = 0; i < 4; i++)
        {
            var select = (int)(selector >> 4 * i) & 15;
            var chosen = (byte)(bytes >> 8 * (select & 7));
            if ((select & 8) != 0) chosen = (byte)((sbyte)chosen < 0 ? 0xff : 0);
            result |= (uint)chosen << 8 * i;
        }
        return result;
    }

    /// <summary><c>bfi</c>: bits of x from the place on, as many as the length says, over those of y.</summary>
    internal static ulong Insert(ulong x, ulong y, uint place, uint length, int width)
    {
        (place, length) = (place & 0xff, length & 0xff);
        for (var i = 0; i < length && place + i < width; i++)
        {
            var bit = 1UL << (int)(place + i);
            y = (x >> i & 1) != 0 ? y | bit : y & ~bit;
        }
        return y;
    }

    /// <summary>Products of the four bytes of each, and a sum.</summary>
    internal static ulong Dot(ulong x, ulong y, ulong sum, bool isXSigned, bool isYSigned)
    {
        var total = (int)sum;
        for (var i = 0; i < 32; i += 8)
        {
            var (left, right) = ((byte)(x >> i), (byte)(y >> i));
            total = unchecked(total + (isXSigned ? (sbyte)left : left) * (isYSigned ? (sbyte)right : right));
        }
        return (uint)total;
    }
}
