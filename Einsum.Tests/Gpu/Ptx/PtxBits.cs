using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Registers hold 64 bits, of which an instruction takes the low ones that its type has.</summary>
static class PtxBits
{
    internal static T Of<T>(ulong register) where T : unmanaged => Unsafe.As<ulong, T>(ref register);

    internal static ulong Raw<T>(T value) where T : unmanaged
    {
        ulong register = 0;
        Unsafe.As<ulong, T>(ref register) = value;
        return register;
    }

    /// <summary>The bits of a type such as <c>s32</c>.</summary>
    internal static int Width(string type) => type == "pred" ? 1 : type is "f16x2" or "bf16x2" ? 32 : int.Parse(type.AsSpan(type.StartsWith("bf", StringComparison.Ordinal) ? 2 : 1), System.Globalization.CultureInfo.InvariantCulture);

    internal static bool IsWhole(string type) => type[0] is 's' or 'u' or 'b' && !type.StartsWith("bf", StringComparison.Ordinal);

    /// <summary>An integer of the type, with its sign in the bits above.</summary>
    internal static long Extend(ulong register, string type) => type switch
    {
        "s8" => (sbyte)register,
        "s16" => (short)register,
        "s32" => (int)register,
        "u8" or "b8" => (byte)register,
        "u16" or "b16" => (ushort)register,
        "u32" or "b32" => (uint)register,
        "s64" or "u64" or "b64" => (long)register,
        _ => throw new PtxException($"{type} is no integer."),
    };

    internal static ulong Flag(bool value) => value ? 1UL : 0;

    internal static Func<ulong, ulong> Unary<T>(Func<T, T> f) where T : unmanaged => x => Raw(f(Of<T>(x)));

    internal static Func<ulong, ulong, ulong> Binary<T>(Func<T, T, T> f) where T : unmanaged => (x, y) => Raw(f(Of<T>(x), Of<T>(y)));

    internal static Func<ulong, ulong, ulong, ulong> Ternary<T>(Func<T, T, T, T> f) where T : unmanaged => (x, y, z) => Raw(f(Of<T>(x), Of<T>(y), Of<T>(z)));

    internal static Func<ulong, ulong, bool> Comparison<T>(Func<T, T, bool> f) where T : unmanaged => (x, y) => f(Of<T>(x), Of<T>(y));
}
