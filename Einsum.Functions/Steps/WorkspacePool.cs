using System.Runtime.InteropServices;

namespace EinsumNet.Functions;

/// <summary>Native memory for the intermediates of one program; a block is kept for the next run, so that runs after the first allocate nothing.</summary>
sealed unsafe class WorkspacePool(long bytes)
{
    const nuint Alignment = 64;

    nint _kept;

    internal long Bytes => bytes;

    internal nint Rent()
    {
        if (bytes == 0) return 0;
        var kept = Interlocked.Exchange(ref _kept, 0);
        return kept != 0 ? kept : (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
    }

    internal void Return(nint block)
    {
        if (block != 0 && Interlocked.CompareExchange(ref _kept, block, 0) != 0) NativeMemory.AlignedFree((void*)block);
    }

    ~WorkspacePool() => NativeMemory.AlignedFree((void*)_kept);
}

/// <summary>Native memory for one run.</summary>
readonly unsafe struct WorkspaceBlock(long bytes)
{
    internal readonly void* Address = NativeMemory.AlignedAlloc((nuint)Math.Max(1, bytes), 64);

    internal void Free() => NativeMemory.AlignedFree(Address);
}
