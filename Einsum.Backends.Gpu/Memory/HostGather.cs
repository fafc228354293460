using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>Stretches of host memory copied behind each other; what is added twice, as an operand that all members of a list share, is copied once.</summary>
sealed unsafe class HostGather : IDisposable
{
    const long Alignment = 64;

    readonly Dictionary<(nint Address, long Bytes), long> _places = [];
    byte* _memory;
    long _capacity;

    internal nint Memory => (nint)_memory;

    internal long Bytes { get; private set; }

    /// <summary>Where the stretch lies in the gathered memory, in bytes.</summary>
    internal long Add(nint address, long bytes)
    {
        // An address alone says little: what lay there may have been moved since, and something else be there now.
        if (_places.TryGetValue((address, bytes), out var place) && bytes <= int.MaxValue && new Span<byte>((void*)address, (int)bytes).SequenceEqual(new(_memory + place, (int)bytes))) return place;
        place = (Bytes + Alignment - 1) / Alignment * Alignment;
        if (place + bytes > _capacity)
        {
            var capacity = Math.Max(2 * _capacity, place + bytes);
            _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)capacity);
            _capacity = capacity;
        }
        Buffer.MemoryCopy((void*)address, _memory + place, bytes, bytes);
        Bytes = place + bytes;
        return _places[(address, bytes)] = place;
    }

    internal void Clear()
    {
        _places.Clear();
        Bytes = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = 0;
    }
}
