using EinsumNet.Functions;

namespace EinsumNet;

/// <summary>
/// A device that runs compiled functions in memory of its own: everything happens in the order in which it is enqueued. Addresses stand for the device's memory,
/// and arithmetic within a buffer means the same as on the host.
/// </summary>
abstract class FunctionDevice
{
    /// <summary>
    /// The kernel ready to run: its executable takes the address of the faults (see <see cref="FunctionFaults"/>), then those of all buffers by their numbers, and
    /// returns once it is enqueued. It prints how the kernel is run.
    /// </summary>
    /// <exception cref="EinsumException">The device has no such element type (EIN0705), or too little of something (EIN0708).</exception>
    internal abstract Executable Load(Kernel kernel);

    /// <summary>Whether the address stands for memory on a device.</summary>
    internal abstract bool IsAddress(nint address);

    /// <summary>Memory that is given back when the tensor is disposed; work that was enqueued before may still use it.</summary>
    internal abstract ResidentTensor<byte> Rent(long bytes);

    /// <summary>Enqueues a copy from the host, whose memory may change once this returns.</summary>
    internal abstract void Write(nint target, nint host, long bytes);

    /// <summary>Copies to the host, and waits for it.</summary>
    internal abstract void Read(nint source, nint host, long bytes);

    /// <summary>Enqueues a copy on the device.</summary>
    internal abstract void Copy(nint source, nint target, long bytes);
}
