namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One operand of each member of a list, or its result: on the host, where all are gathered and copied at once, or on the device, where they stay. What lies in several places is reached by addresses
/// from 0 on where the device has such; elsewhere all members' must lie in one buffer.
/// </summary>
sealed class GroupedTensors(DeviceSession session) : IDisposable
{
    readonly HostGather _host = new();

    /// <summary>Where each member's lies, in bytes: in the buffer, or in the gathered memory where the buffer is 0.</summary>
    readonly List<(nint Memory, long Place)> _places = [];

    nint _only;

    /// <summary>Bytes gathered so far.</summary>
    internal long Bytes => _host.Bytes;

    /// <summary>Whether the kernel can reach the tensor beside those that are here already.</summary>
    internal bool Takes(nint address, long bytes, int elementBytes)
    {
        var isDevice = DeviceAddresses.IsDevice(address);
        var (memory, offset) = isDevice ? session.Resident(address, bytes) : default;
        if (session.Runtime.HasAddresses) return (memory + offset) % elementBytes == 0;
        return _places.Count == 0 || memory == _only;
    }

    internal void Add(nint address, long bytes)
    {
        var place = DeviceAddresses.IsDevice(address) ? session.Resident(address, bytes) : (0, _host.Add(address, bytes));
        if (_places.Count == 0) _only = place.Item1;
        _places.Add(place);
    }

    /// <summary>The kernel's buffer, and where in it each member's tensor lies, in elements; the gathered ones are to be copied to memory on the device, 0 where there is none.</summary>
    internal (KernelBuffer Buffer, long[] Starts) Place(int elementBytes, nint gathered, bool isRead = true)
    {
        // The runtime keeps what touches memory that it does not know, as 0 is, in order with everything.
        var buffer = _places.TrueForAll(place => place.Memory == _only) ? _only == 0 ? gathered : _only : 0;
        return (new KernelBuffer(buffer, 0, isRead), [.. _places.Select(place => ((buffer == 0 ? place.Memory == 0 ? gathered : place.Memory : 0) + place.Place) / elementBytes)]);
    }

    /// <summary>Enqueues the copy of the gathered ones.</summary>
    internal void Write(nint gathered)
    {
        if (gathered != 0) session.Staging.Write(gathered, 0, _host.Memory, _host.Bytes);
    }

    internal void Clear()
    {
        _host.Clear();
        _places.Clear();
    }

    public void Dispose() => _host.Dispose();
}
