using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>What a sum adds up. Implementations are empty structs, so kernels are compiled once for each.</summary>
unsafe interface ITerm
{
    static abstract V Add<T, V, S>(V sum, T* a, V b) where T : unmanaged where V : struct where S : struct, ISimd<T, V>;

    static abstract T Add<T>(T sum, T a, T b) where T : unmanaged, INumberBase<T>;

    /// <summary>Whether there is a second operand to load.</summary>
    static abstract bool IsProduct { get; }
}

/// <summary><c>a</c></summary>
readonly unsafe struct SingleTerm : ITerm
{
    public static bool IsProduct => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<T, V, S>(V sum, T* a, V b) where T : unmanaged where V : struct where S : struct, ISimd<T, V> => S.Add(sum, S.Load(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add<T>(T sum, T a, T b) where T : unmanaged, INumberBase<T> => sum + a;
}

/// <summary><c>a * b</c></summary>
readonly unsafe struct ProductTerm : ITerm
{
    public static bool IsProduct => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<T, V, S>(V sum, T* a, V b) where T : unmanaged where V : struct where S : struct, ISimd<T, V> =>
        S.MultiplyAdd(S.Load(a), b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add<T>(T sum, T a, T b) where T : unmanaged, INumberBase<T> => sum + a * b;
}
