namespace EinsumNet.Backends.Gpu;

/// <summary>A buffer of several tensors, given back with the last of its users; whoever makes it is one.</summary>
sealed class SharedBlock(DevicePool pool, long bytes)
{
    readonly DeviceBlock _block = pool.Rent(bytes);
    int _users = 1;

    internal nint Memory => _block.Memory;

    /// <summary>One more user, and what it calls when it is done.</summary>
    internal Action Share()
    {
        Interlocked.Increment(ref _users);
        return Release;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) pool.Return(_block);
    }
}
