namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// Global memory of one launch: the buffers that the host gave, each with room around it that belongs to none. What one thread of a launch writes no other may
/// touch, for nothing orders them, and what is read by way of the read-only cache (<c>ld.global.nc</c>) nobody may write.
/// </summary>
sealed unsafe class PtxGlobal
{
    readonly List<Buffer> _buffers = [];

    /// <summary>Takes memory of the host; the address that threads see is a multiple of 256 bytes, as those of cudaMalloc are.</summary>
    internal ulong Add(nint start, long bytes, long before = 0)
    {
        if (bytes > int.MaxValue) throw new PtxException($"A buffer of {bytes} bytes.");
        var address = AddressOf(_buffers.Count);
        _buffers.Add(new Buffer(start, bytes, address + (ulong)before, new int[bytes]));
        return address;
    }

    /// <summary>The address of the buffer that is added after so many others.</summary>
    internal static ulong AddressOf(int buffer) => (ulong)(buffer + 1) << 32;

    internal byte* Place(ulong address, int bytes, bool writes, bool isReadOnly, int thread)
    {
        if (address % (uint)bytes != 0) throw new PtxException($"Address {address:x} of {bytes} bytes is not aligned.");
        var index = (int)(address >> 32) - 1;
        if (address >> 48 != 0 || index < 0 || index >= _buffers.Count) throw new PtxException($"Address {address:x} is in no buffer.");
        var buffer = _buffers[index];
        var at = (long)(address - buffer.Address);
        if (at < 0 || at + bytes > buffer.Bytes) throw new PtxException($"Byte {at} of buffer {index}, which has {buffer.Bytes}.");
        for (var i = at; i < at + bytes; i++)
        {
            ref var writer = ref buffer.Writers[i];
            if (writer != 0 && writer != thread + 1) throw new PtxException($"Thread {thread} touches byte {i} of buffer {index}, which thread {writer - 1} wrote.");
            if (writer != 0 && isReadOnly) throw new PtxException($"Byte {i} of buffer {index} is read as if it were constant, and was written.");
            if (writes) writer = thread + 1;
        }
        return (byte*)buffer.Start + at;
    }

    sealed record Buffer(nint Start, long Bytes, ulong Address, int[] Writers);
}
