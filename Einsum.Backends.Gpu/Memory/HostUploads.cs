namespace EinsumNet.Backends.Gpu;

/// <summary>Stretches of host memory of which several runs read parts, copied to the device once each and kept there until this is disposed of; what was enqueued before may still read them then.</summary>
sealed class HostUploads(DeviceSession session) : IDisposable
{
    readonly List<(nint Host, long Bytes, nint Device, DeviceBlock Block)> _uploads = [];
    long _rented;

    /// <summary>
    /// The address that stands for the copy, whose host memory may change once this returns; the same address where it is on the device already, or where the copies would have more than half of what
    /// others leave of the memory budget: launches need room beside them.
    /// </summary>
    /// <exception cref="EinsumException">There is no room (EIN0704).</exception>
    internal nint Upload(nint address, long bytes)
    {
        if (DeviceAddresses.IsDevice(address)) return address;
        foreach (var upload in _uploads)
            if (address >= upload.Host && address + (nint)bytes <= upload.Host + (nint)upload.Bytes) return upload.Device + (address - upload.Host);
        if (_rented + bytes > (session.Pool.Budget - (session.Pool.Rented - _rented)) / 2 || bytes > session.Runtime.Limits.MaxAllocationBytes) return address;
        var block = session.Pool.Rent(bytes);
        _rented += block.Bytes;
        nint device = 0;
        try
        {
            device = DeviceAddresses.Add(new DeviceStorage(session, block.Memory, 0, bytes));
            session.Staging.Write(block.Memory, 0, address, bytes);
        }
        catch
        {
            GiveBack(device, block);
            throw;
        }
        _uploads.Add((address, bytes, device, block));
        return device;
    }

    void GiveBack(nint device, DeviceBlock block)
    {
        if (device != 0) DeviceAddresses.Remove(device);
        session.Pool.Return(block);
    }

    public void Dispose()
    {
        foreach (var upload in _uploads) GiveBack(upload.Device, upload.Block);
        _uploads.Clear();
    }
}
