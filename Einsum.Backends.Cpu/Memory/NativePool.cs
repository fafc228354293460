using System.Numerics;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>A stretch of native memory that starts with a page; its contents are undefined.</summary>
readonly unsafe struct NativeBlock(byte* address, int sizeClass, nuint bytes)
{
    internal byte* Address => address;

    internal nuint Bytes => bytes;

    internal int SizeClass => sizeClass;
}

/// <summary>
/// Blocks of native memory for packed panels and intermediates, kept for the next run: one stack per power of two, no managed allocation.
/// </summary>
static unsafe class NativePool
{
    const int Page = 4096;
    const int SmallestClass = 12;
    const int LargestKeptClass = 30;

    /// <summary>Blocks kept per size class, of the smaller ones as many as threads may rent; more are given back to the system.</summary>
    static int Depth(int sizeClass) => sizeClass <= 20 ? Math.Max(16, Environment.ProcessorCount) : sizeClass <= 24 ? 16 : 2;

    static readonly Shelf[] s_shelves = [.. Enumerable.Range(0, LargestKeptClass + 1).Select(sizeClass => new Shelf(Depth(sizeClass)))];

    static long s_held;

    /// <summary>Bytes that were taken from the system and not given back, rented or kept.</summary>
    internal static long HeldBytes => Volatile.Read(ref s_held);

    sealed class Shelf(int depth)
    {
        readonly nint[] _blocks = new nint[depth];
        readonly Lock _lock = new();
        int _count;

        internal nint TryTake()
        {
            lock (_lock) return _count > 0 ? _blocks[--_count] : 0;
        }

        internal bool TryPut(nint block)
        {
            lock (_lock)
            {
                if (_count == _blocks.Length) return false;
                _blocks[_count++] = block;
                return true;
            }
        }
    }

    /// <summary>A block of at least so many bytes; give it back with <see cref="Return"/>.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such memory.</exception>
    internal static NativeBlock Rent(long bytes)
    {
        var sizeClass = Math.Max(SmallestClass, 64 - BitOperations.LeadingZeroCount((ulong)Math.Max(1, bytes) - 1));
        // Above the largest class that is kept, nothing is gained by rounding up.
        if (sizeClass > LargestKeptClass) return new NativeBlock(Allocate((nuint)bytes), sizeClass, (nuint)bytes);
        var kept = s_shelves[sizeClass].TryTake();
        return new NativeBlock(kept != 0 ? (byte*)kept : Allocate((nuint)1 << sizeClass), sizeClass, (nuint)1 << sizeClass);
    }

    internal static void Return(NativeBlock block)
    {
        if (block.SizeClass <= LargestKeptClass && s_shelves[block.SizeClass].TryPut((nint)block.Address)) return;
        NativeMemory.AlignedFree(block.Address);
        Interlocked.Add(ref s_held, -(long)block.Bytes);
    }

    static byte* Allocate(nuint bytes)
    {
        var address = (byte*)LargePages.Allocate(bytes, Page);
        Interlocked.Add(ref s_held, (long)bytes);
        return address;
    }
}
