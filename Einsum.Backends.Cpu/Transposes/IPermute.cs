using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Puts a vector together from pieces of others, one of them after the other. Implementations are empty structs.</summary>
unsafe interface IPermute<V> where V : unmanaged
{
    /// <summary>The size of the pieces.</summary>
    static abstract int PieceBytes { get; }

    /// <summary>The index that leaves a piece as it was.</summary>
    static abstract uint Keep(int piece);

    /// <summary>The index that takes a piece of the vector.</summary>
    static abstract uint Take(int piece);

    static abstract V Load(byte* source);

    static abstract void Store<TStore>(byte* destination, V value) where TStore : struct, IStore;

    /// <summary>Each piece is as before, or one of the vector's, as its index says.</summary>
    static abstract V Permute(V before, V vector, V indices);
}

/// <summary>Vectors of 512 bits in pieces of T: one instruction takes the pieces of two.</summary>
readonly unsafe struct Permute512<T> : IPermute<Vector512<byte>> where T : unmanaged
{
    internal static bool IsSupported => sizeof(T) switch { 1 => Avx512Vbmi.IsSupported, 2 => Avx512BW.IsSupported, _ => Avx512F.IsSupported };

    public static int PieceBytes => sizeof(T);

    public static uint Keep(int piece) => (uint)piece;

    public static uint Take(int piece) => (uint)(Vector512<byte>.Count / sizeof(T) + piece);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStore>(byte* destination, Vector512<byte> value) where TStore : struct, IStore => TStore.Store(destination, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Permute(Vector512<byte> before, Vector512<byte> vector, Vector512<byte> indices) => sizeof(T) switch
    {
        1 => Avx512Vbmi.PermuteVar64x8x2(before, indices, vector),
        2 => Avx512BW.PermuteVar32x16x2(before.AsUInt16(), indices.AsUInt16(), vector.AsUInt16()).AsByte(),
        _ => Avx512F.PermuteVar16x32x2(before.AsUInt32(), indices.AsUInt32(), vector.AsUInt32()).AsByte(),
    };
}

/// <summary>Vectors of 256 bits in pieces of 4 bytes: the sign of an index says whose the piece is.</summary>
readonly unsafe struct Permute256 : IPermute<Vector256<byte>>
{
    internal static bool IsSupported => Avx2.IsSupported;

    public static int PieceBytes => sizeof(uint);

    public static uint Keep(int piece) => 0;

    public static uint Take(int piece) => 1u << 31 | (uint)piece;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStore>(byte* destination, Vector256<byte> value) where TStore : struct, IStore => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Permute(Vector256<byte> before, Vector256<byte> vector, Vector256<byte> indices) =>
        Avx.BlendVariable(before.AsSingle(), Avx2.PermuteVar8x32(vector.AsSingle(), indices.AsInt32()), indices.AsSingle()).AsByte();
}

/// <summary>Vectors of 128 bits in pieces of a byte: an index out of range gives zero.</summary>
readonly unsafe struct Permute128 : IPermute<Vector128<byte>>
{
    internal static bool IsSupported => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;

    public static int PieceBytes => 1;

    public static uint Keep(int piece) => byte.MaxValue;

    public static uint Take(int piece) => (uint)piece;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStore>(byte* destination, Vector128<byte> value) where TStore : struct, IStore => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Permute(Vector128<byte> before, Vector128<byte> vector, Vector128<byte> indices) =>
        before | (Ssse3.IsSupported ? Ssse3.Shuffle(vector, indices) : AdvSimd.Arm64.VectorTableLookup(vector, indices));
}
