namespace EinsumNet.Backends.Gpu;

/// <summary>A tensor's memory on a device.</summary>
/// <param name="Memory">The buffer, or its address.</param>
/// <param name="Offset">Where in it the first element lies, in bytes.</param>
/// <param name="Bytes">From the first element to the end of the last.</param>
sealed record DeviceStorage(DeviceSession Session, nint Memory, long Offset, long Bytes);

/// <summary>
/// Addresses that stand for memory on devices, so that operands there take the same way as those on the host: each storage has a stretch of 2^40 addresses
/// that no host has memory at, and arithmetic within it means the same as on the host.
/// </summary>
static class DeviceAddresses
{
    const long First = 1L << 60;
    const int StretchBits = 40;
    const int Stretches = 1 << 20;

    static readonly Lock s_lock = new();
    static DeviceStorage?[] s_storages = new DeviceStorage?[256];
    static int s_next, s_count;

    /// <summary>Whether the address stands for memory on a device.</summary>
    internal static bool IsDevice(nint address) => address >= First && address - First < (long)Stretches << StretchBits;

    /// <summary>The address of the storage's first element.</summary>
    internal static nint Add(DeviceStorage storage)
    {
        if (IntPtr.Size < sizeof(long)) throw new PlatformNotSupportedException("Device tensors need a process of 64 bits.");
        lock (s_lock)
        {
            if (s_count >= s_storages.Length / 2 && s_storages.Length < Stretches) Array.Resize(ref s_storages, 2 * s_storages.Length);
            if (s_count == s_storages.Length) throw GpuErrors.TooManyTensors(Stretches);
            // Round and round, so that the address of a tensor that is gone is not soon another's.
            while (s_storages[s_next] is not null) s_next = (s_next + 1) % s_storages.Length;
            var slot = s_next;
            s_next = (s_next + 1) % s_storages.Length;
            s_storages[slot] = storage;
            s_count++;
            return (nint)(First + ((long)slot << StretchBits));
        }
    }

    internal static void Remove(nint address)
    {
        lock (s_lock)
        {
            ref var storage = ref s_storages[SlotOf(address)];
            if (storage is null) return;
            storage = null;
            s_count--;
        }
    }

    /// <summary>The storage that the address lies in, and how many bytes from its first element; null where the tensor is gone.</summary>
    internal static (DeviceStorage? Storage, long Offset) Find(nint address)
    {
        lock (s_lock)
        {
            var slot = SlotOf(address);
            return (slot < s_storages.Length ? s_storages[slot] : null, (address - First) & ((1L << StretchBits) - 1));
        }
    }

    static int SlotOf(nint address) => (int)((address - First) >> StretchBits);
}
