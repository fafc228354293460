namespace EinsumNet.Backends.Gpu;

/// <summary>What a device can do, as far as kernels depend on it.</summary>
/// <param name="Name">The device's name.</param>
/// <param name="MaxGroupSize">The most threads of a group.</param>
/// <param name="MaxGroupX">The most threads of a group along the first axis; likewise for the others.</param>
/// <param name="MaxGroups">The most groups along one of the second and third axes; along the first there are 2^31 - 1.</param>
/// <param name="LocalBytes">Local memory (CUDA: shared) of a group.</param>
/// <param name="ComputeUnits">Compute units (CUDA: multiprocessors).</param>
/// <param name="WarpWidth">Threads that run in step; 1 on a processor without such.</param>
/// <param name="HasDouble">Whether there is 64-bit floating point.</param>
/// <param name="MemoryBytes">Global memory.</param>
/// <param name="MaxAllocationBytes">The largest single buffer.</param>
/// <param name="Sm">CUDA's compute capability times ten, such as 90; 0 elsewhere.</param>
/// <param name="IsProcessor">Whether the device is the host's own processor, whose memory it shares.</param>
/// <param name="HasWgmma">Whether there are the instructions of sm_90a, and a compiler that knows them.</param>
/// <param name="MaxParameterBytes">What all parameters of a kernel may take; at least 1024 but for embedded devices.</param>
sealed record DeviceLimits(
    string Name, int MaxGroupSize, int MaxGroupX, int MaxGroupY, int MaxGroupZ, long MaxGroups, int LocalBytes, int ComputeUnits, int WarpWidth,
    bool HasDouble, long MemoryBytes, long MaxAllocationBytes, int Sm, bool IsProcessor,
    bool HasWgmma = false, int MaxParameterBytes = 1024)
{
    /// <summary>Why no kernels can be emitted for the device; null where they can.</summary>
    internal string? WhyTooSmall => Math.Min(MaxGroupSize, MaxGroupX) < GridLoop.Threads ? $"{Name} has groups of at most {Math.Min(MaxGroupSize, MaxGroupX)} threads, and kernels have {GridLoop.Threads}" : null;
}
