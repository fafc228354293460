using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A step that is enqueued on a device. Addresses stand for the device's memory; the one in front of the first buffer's is that of the faults.
/// </summary>
abstract unsafe class DeviceStep(FunctionDevice device, ImmutableArray<int> reads, ImmutableArray<int> writes) : Step(reads, writes)
{
    protected FunctionDevice Device => device;

    /// <summary>Whether a division of integers may fail in it, which is told at the address of the faults.</summary>
    internal virtual bool MayFault => false;
}
