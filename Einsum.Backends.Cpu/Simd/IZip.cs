using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Elements of two vectors in turn: <c>[a0 a1 a2 a3] [b0 b1 b2 b3]   --->   low [a0 b0 a1 b1], high [a2 b2 a3 b3]</c>. Elements have 1, 2, 4 or 8
/// bytes. Implementations are empty structs.
/// </summary>
interface IZip
{
    static abstract Vector128<T> Low<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged;

    static abstract Vector128<T> High<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged;
}

/// <summary>One instruction on x86 and ARM, and elsewhere what <see cref="PortableZip"/> does.</summary>
readonly unsafe struct MachineZip : IZip
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Low<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (Sse2.IsSupported)
        {
            if (sizeof(T) == 1) return Sse2.UnpackLow(a.AsByte(), b.AsByte()).As<byte, T>();
            if (sizeof(T) == 2) return Sse2.UnpackLow(a.AsUInt16(), b.AsUInt16()).As<ushort, T>();
            return sizeof(T) == 4 ? Sse2.UnpackLow(a.AsUInt32(), b.AsUInt32()).As<uint, T>() : Sse2.UnpackLow(a.AsUInt64(), b.AsUInt64()).As<ulong, T>();
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            if (sizeof(T) == 1) return AdvSimd.Arm64.ZipLow(a.AsByte(), b.AsByte()).As<byte, T>();
            if (sizeof(T) == 2) return AdvSimd.Arm64.ZipLow(a.AsUInt16(), b.AsUInt16()).As<ushort, T>();
            return sizeof(T) == 4 ? AdvSimd.Arm64.ZipLow(a.AsUInt32(), b.AsUInt32()).As<uint, T>() : AdvSimd.Arm64.ZipLow(a.AsUInt64(), b.AsUInt64()).As<ulong, T>();
        }
        return PortableZip.Low(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> High<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (Sse2.IsSupported)
        {
            if (sizeof(T) == 1) return Sse2.UnpackHigh(a.AsByte(), b.AsByte()).As<byte, T>();
            if (sizeof(T) == 2) return Sse2.UnpackHigh(a.AsUInt16(), b.AsUInt16()).As<ushort, T>();
            return sizeof(T) == 4 ? Sse2.UnpackHigh(a.AsUInt32(), b.AsUInt32()).As<uint, T>() : Sse2.UnpackHigh(a.AsUInt64(), b.AsUInt64()).As<ulong, T>();
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            if (sizeof(T) == 1) return AdvSimd.Arm64.ZipHigh(a.AsByte(), b.AsByte()).As<byte, T>();
            if (sizeof(T) == 2) return AdvSimd.Arm64.ZipHigh(a.AsUInt16(), b.AsUInt16()).As<ushort, T>();
            return sizeof(T) == 4 ? AdvSimd.Arm64.ZipHigh(a.AsUInt32(), b.AsUInt32()).As<uint, T>() : AdvSimd.Arm64.ZipHigh(a.AsUInt64(), b.AsUInt64()).As<ulong, T>();
        }
        return PortableZip.High(a, b);
    }
}

/// <summary>Without instructions of any machine: elements twice as wide, of which b is the upper half.</summary>
readonly unsafe struct PortableZip : IZip
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Low<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        var (lower, upper) = BitConverter.IsLittleEndian ? (a, b) : (b, a);
        if (sizeof(T) == 1) return (Vector128.WidenLower(lower.AsByte()) | Vector128.WidenLower(upper.AsByte()) << 8).As<ushort, T>();
        if (sizeof(T) == 2) return (Vector128.WidenLower(lower.AsUInt16()) | Vector128.WidenLower(upper.AsUInt16()) << 16).As<uint, T>();
        return sizeof(T) == 4
            ? (Vector128.WidenLower(lower.AsUInt32()) | Vector128.WidenLower(upper.AsUInt32()) << 32).As<ulong, T>()
            : Vector128.Create(a.GetLower(), b.GetLower());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> High<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        var (lower, upper) = BitConverter.IsLittleEndian ? (a, b) : (b, a);
        if (sizeof(T) == 1) return (Vector128.WidenUpper(lower.AsByte()) | Vector128.WidenUpper(upper.AsByte()) << 8).As<ushort, T>();
        if (sizeof(T) == 2) return (Vector128.WidenUpper(lower.AsUInt16()) | Vector128.WidenUpper(upper.AsUInt16()) << 16).As<uint, T>();
        return sizeof(T) == 4
            ? (Vector128.WidenUpper(lower.AsUInt32()) | Vector128.WidenUpper(upper.AsUInt32()) << 32).As<ulong, T>()
            : Vector128.Create(a.GetUpper(), b.GetUpper());
    }
}
