using System.Numerics;

namespace EinsumNet.Backends.Gpu;

/// <summary>A buffer on the device; its size is its class', its contents are undefined.</summary>
sealed class DeviceBlock(nint memory, long bytes)
{
    internal nint Memory => memory;

    internal long Bytes => bytes;
}

/// <summary>
/// Buffers of one device, kept for the next run, within a budget of bytes. A buffer can be used again as soon as it is back, while kernels of its last user
/// still run: the runtime brings what touches it in order.
/// </summary>
sealed class DevicePool(GpuRuntime runtime, long budget)
{
    const long Smallest = 256;

    readonly Lock _lock = new();
    readonly Dictionary<long, Stack<DeviceBlock>> _kept = [];
    readonly HashSet<DeviceBlock> _rented = [];
    long _allocated;
    bool _isClosed;

    internal long Budget => budget;

    /// <summary>Bytes of all buffers, rented and kept.</summary>
    internal long Allocated
    {
        get
        {
            lock (_lock) return _allocated;
        }
    }

    /// <summary>Bytes of the buffers that are rented.</summary>
    internal long Rented
    {
        get
        {
            lock (_lock) return _rented.Sum(block => block.Bytes);
        }
    }

    /// <summary>A buffer of at least so many bytes, and of one at least: an empty buffer is an error to OpenCL.</summary>
    /// <exception cref="EinsumException">The budget or the device's memory is exhausted (EIN0704).</exception>
    internal DeviceBlock Rent(long bytes)
    {
        var limits = runtime.Limits;
        // A class may be larger than any buffer can be, although what is asked for is not.
        var size = Math.Max(bytes, Math.Min(SizeClass(bytes), Math.Min(budget, limits.MaxAllocationBytes)));
        if (size > limits.MaxAllocationBytes) throw GpuErrors.OutOfMemory(limits.Name, size, $"the largest buffer of the device is {limits.MaxAllocationBytes} bytes");
        if (TryRent(size, out var why) is { } block) return block;
        // The garbage collector does not know that this memory is short. Finalizers of forgotten tensors take the lock, so it must not be held here.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TryRent(size, out why) ?? throw GpuErrors.OutOfMemory(limits.Name, size, why);
    }

    DeviceBlock? TryRent(long size, out string why)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(GpuBackend));
            why = "";
            var block = _kept.TryGetValue(size, out var shelf) && shelf.TryPop(out var kept) ? kept : TryAllocate(size, out why);
            if (block is not null) _rented.Add(block);
            return block;
        }
    }

    /// <summary>Takes a buffer back; after <see cref="Close"/>, which freed it, this does nothing.</summary>
    internal void Return(DeviceBlock block)
    {
        lock (_lock)
        {
            if (!_rented.Remove(block)) return;
            if (!_kept.TryGetValue(block.Bytes, out var shelf)) _kept[block.Bytes] = shelf = [];
            shelf.Push(block);
        }
    }

    /// <summary>Frees everything, rented buffers too: their tensors are of no use from now on.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            FreeKept();
            foreach (var block in _rented) Free(block);
            _rented.Clear();
        }
    }

    DeviceBlock? TryAllocate(long size, out string why)
    {
        why = "";
        if (_allocated + size > budget) FreeKept();
        if (_allocated + size > budget)
        {
            why = $"{_allocated} of the budget of {budget} bytes are in use";
            return null;
        }
        var memory = runtime.TryAllocate(size);
        if (memory == 0 && _allocated > 0)
        {
            FreeKept();
            memory = runtime.TryAllocate(size);
        }
        if (memory == 0)
        {
            why = $"the driver has no more beside the {_allocated} bytes in use";
            return null;
        }
        _allocated += size;
        return new DeviceBlock(memory, size);
    }

    void FreeKept()
    {
        foreach (var shelf in _kept.Values)
            while (shelf.TryPop(out var block)) Free(block);
    }

    void Free(DeviceBlock block)
    {
        runtime.Free(block.Memory);
        _allocated -= block.Bytes;
    }

    /// <summary>Four classes per power of two, so that at most a fifth of a buffer is unused.</summary>
    static long SizeClass(long bytes)
    {
        if (bytes <= Smallest) return Smallest;
        var step = 1L << (61 - BitOperations.LeadingZeroCount((ulong)(bytes - 1)));
        return (bytes + step - 1) / step * step;
    }
}
