using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>How vectors of 64 bytes get to memory. Implementations are empty structs, so kernels are compiled once for each.</summary>
unsafe interface IStore
{
    static abstract void Store<T>(T* destination, Vector512<T> value) where T : unmanaged;
}

/// <summary>Through the caches.</summary>
readonly unsafe struct CachedStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* destination, Vector512<T> value) where T : unmanaged => value.Store(destination);
}

/// <summary>
/// Whole aligned lines past the caches: the line is not read before it is written, and what lies in the caches stays there. For results that
/// would not stay in the caches anyway.
/// </summary>
readonly unsafe struct StreamingStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* destination, Vector512<T> value) where T : unmanaged => value.StoreAlignedNonTemporal(destination);
}
