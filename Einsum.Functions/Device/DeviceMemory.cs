namespace EinsumNet.Functions;

/// <summary>The memory that one run of a loop over programs takes on a device, given back when it is over: what is enqueued still may use it.</summary>
sealed class DeviceMemory(FunctionDevice device) : IDisposable
{
    readonly List<ResidentTensor<byte>> _rented = [];

    /// <summary>The address of so many bytes.</summary>
    internal nint Rent(long bytes)
    {
        var memory = device.Rent(bytes);
        _rented.Add(memory);
        return memory.Address;
    }

    /// <summary>The addresses of buffers of these sizes, one behind the other.</summary>
    internal nint[] Rent(ReadOnlySpan<long> bytes)
    {
        const long alignment = 64;
        var (places, end) = (new nint[bytes.Length], 0L);
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (nint)end;
            end += (bytes[i] + alignment - 1) / alignment * alignment;
        }
        var start = Rent(end);
        for (var i = 0; i < places.Length; i++) places[i] += start;
        return places;
    }

    public void Dispose()
    {
        foreach (var memory in _rented) memory.Dispose();
    }
}
