namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// Shared memory of a block. Two threads at one byte, one of them writing, need a barrier between them; a byte needs to be written before it is read. The
/// tensor cores of a warpgroup read by another way, the async proxy: what threads wrote, copies by cp.async among it, they see once its writer has said
/// fence.proxy.async before the barrier (PTX ISA, sections "Async Proxy" and "membar/fence").
/// </summary>
sealed unsafe class PtxShared
{
    const int Nobody = -1;
    const int Many = -2;

    readonly byte[] _memory;
    readonly int _start;
    readonly Touch[] _touches;
    readonly int[] _arriving;

    /// <param name="start">The address of the first byte; it is as badly aligned as it may be.</param>
    /// <param name="bytes">How many there are.</param>
    internal PtxShared(int start, int bytes)
    {
        _start = start;
        _memory = GC.AllocateArray<byte>(bytes, pinned: true);
        _touches = new Touch[bytes];
        _arriving = new int[bytes];
        Array.Fill(_touches, new Touch { Writer = Nobody, Reader = Nobody });
    }

    /// <summary>The number of barriers so far.</summary>
    internal int Epoch { get; set; }

    byte* At(ulong address, int bytes, out int at)
    {
        at = (int)((long)address - _start);
        if (address % (uint)bytes != 0) throw new PtxException($"Address {address:x} of {bytes} bytes is not aligned in shared memory.");
        if (address > int.MaxValue || at < 0 || at + bytes > _memory.Length) throw new PtxException($"Byte {at} of shared memory, which has {_memory.Length}.");
        return (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) + at;
    }

    internal byte* Read(ulong address, int bytes, int thread)
    {
        var place = At(address, bytes, out var at);
        for (var i = at; i < at + bytes; i++)
        {
            ref var touch = ref _touches[i];
            if (_arriving[i] != 0) throw new PtxException($"Thread {thread} reads byte {i} of shared memory, to which a copy is under way.");
            if (touch.Writer == Nobody) throw new PtxException($"Thread {thread} reads byte {i} of shared memory, which nobody wrote.");
            if (touch.Writer != thread && touch.WriteEpoch == Epoch) throw new PtxException($"Thread {thread} reads byte {i} of shared memory, which {touch.Writer} wrote without a barrier between.");
            touch.Reader = touch.ReadEpoch == Epoch && touch.Reader != Nobody && touch.Reader != thread ? Many : thread;
            touch.ReadEpoch = Epoch;
        }
        return place;
    }

    internal byte* Write(ulong address, int bytes, int thread, int fences)
    {
        var place = At(address, bytes, out var at);
        for (var i = at; i < at + bytes; i++)
        {
            if (_arriving[i] != 0) throw new PtxException($"Thread {thread} writes byte {i} of shared memory, to which a copy is under way.");
            Claim(i, thread);
            (_touches[i].Writer, _touches[i].WriteEpoch, _touches[i].Fences) = (thread, Epoch, fences);
        }
        return place;
    }

    /// <summary>A copy to the bytes is started: it may arrive from now on.</summary>
    internal void Expect(ulong address, int bytes, int thread)
    {
        At(address, bytes, out var at);
        for (var i = at; i < at + bytes; i++)
        {
            if (_arriving[i]++ != 0) throw new PtxException($"Thread {thread} copies to byte {i} of shared memory, to which a copy is under way.");
            Claim(i, thread);
        }
    }

    /// <summary>The copy arrives now.</summary>
    internal byte* Arrive(ulong address, int bytes, int thread, int fences)
    {
        At(address, bytes, out var at);
        for (var i = at; i < at + bytes; i++) _arriving[i]--;
        return Write(address, bytes, thread, fences);
    }

    void Claim(int at, int thread)
    {
        ref var touch = ref _touches[at];
        if (touch.Writer is not Nobody && touch.Writer != thread && touch.WriteEpoch == Epoch) throw new PtxException($"Threads {thread} and {touch.Writer} write byte {at} of shared memory without a barrier between.");
        if (touch.Reader is not Nobody && touch.Reader != thread && touch.ReadEpoch == Epoch) throw new PtxException($"Thread {thread} writes byte {at} of shared memory, which {touch.Reader} reads without a barrier between.");
    }

    /// <summary>What the tensor cores read by products that were started at the epoch.</summary>
    internal byte* ReadByTensorCores(ulong address, int bytes, int started, PtxBlock block)
    {
        var place = At(address, bytes, out var at);
        for (var i = at; i < at + bytes; i++)
        {
            ref var touch = ref _touches[i];
            if (_arriving[i] != 0) throw new PtxException($"Tensor cores read byte {i} of shared memory, to which a copy is under way.");
            if (touch.Writer == Nobody) throw new PtxException($"Tensor cores read byte {i} of shared memory, which nobody wrote.");
            if (touch.WriteEpoch >= started) throw new PtxException($"Tensor cores read byte {i} of shared memory, which {touch.Writer} wrote without a barrier between.");
            if (!block.HasShown(touch.Writer, touch.Fences, started)) throw new PtxException($"Tensor cores read byte {i} of shared memory, which {touch.Writer} wrote without fence.proxy.async.");
            (touch.Reader, touch.ReadEpoch) = (Many, Epoch);
        }
        return place;
    }

    struct Touch
    {
        internal int Writer, WriteEpoch, Reader, ReadEpoch, Fences;
    }
}
