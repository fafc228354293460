using System.Numerics;

namespace EinsumNet.Backends.Gpu;

/// <summary>Host memory that the device copies from and to without a detour, kept for the next who asks: to pin it takes longer than most copies.</summary>
sealed class PinnedPool(GpuRuntime runtime)
{
    const long Smallest = 64 << 10;

    /// <summary>The most bytes that are kept: such memory is taken from all of the machine.</summary>
    const long MostKept = 64 << 20;

    readonly Lock _lock = new();
    readonly Dictionary<long, Stack<nint>> _kept = [];
    long _keptBytes;
    bool _isClosed;

    /// <summary>At least so many bytes; give them back with the same number.</summary>
    internal nint Rent(long bytes)
    {
        var size = SizeClass(bytes);
        lock (_lock)
        {
            if (_kept.TryGetValue(size, out var shelf) && shelf.TryPop(out var memory))
            {
                _keptBytes -= size;
                return memory;
            }
        }
        return runtime.AllocateHost(size);
    }

    /// <summary>Takes memory back that no copy under way touches any more.</summary>
    internal void Return(nint memory, long bytes)
    {
        var size = SizeClass(bytes);
        lock (_lock)
        {
            if (!_isClosed && _keptBytes + size <= MostKept)
            {
                if (!_kept.TryGetValue(size, out var shelf)) _kept[size] = shelf = [];
                shelf.Push(memory);
                _keptBytes += size;
                return;
            }
        }
        runtime.FreeHost(memory);
    }

    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var shelf in _kept.Values)
                while (shelf.TryPop(out var memory)) runtime.FreeHost(memory);
            _keptBytes = 0;
        }
    }

    /// <summary>What is too large to be kept is not made larger either.</summary>
    static long SizeClass(long bytes) => bytes <= Smallest ? Smallest : bytes > MostKept ? bytes : (long)BitOperations.RoundUpToPowerOf2((ulong)bytes);
}
