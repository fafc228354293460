namespace EinsumNet.Backends.Gpu;

/// <summary>CUDA's numbers (cuda.h, CUresult and CUdevice_attribute).</summary>
static class CudaCodes
{
    internal const int OutOfMemory = 2, Deinitialized = 4;

    internal const int MaxThreadsPerBlock = 1, MaxBlockX = 2, MaxBlockY = 3, MaxBlockZ = 4, MaxGridY = 6, SharedPerBlock = 8, WarpSize = 10, MultiprocessorCount = 16,
        ComputeMajor = 75, ComputeMinor = 76, SharedPerBlockOptIn = 97;

    internal const int FunctionMaxThreads = 0, FunctionStaticShared = 1, FunctionMaxDynamicShared = 8;

    /// <summary>What kernels may take before CUDA 12.1, and on devices before Volta.</summary>
    internal const int ParameterBytes = 4096;

    internal const uint NonBlockingStream = 1, EventWithoutTiming = 2;

    /// <summary>Whether everything that follows on the context fails too: faults of kernels, of the hardware, and a context or driver that is gone.</summary>
    internal static bool IsLost(int code) => code is Deinitialized or 46 or 100 or 101 or 201 or 214 or 220 or 700 or >= 702 and <= 703 or 709 or >= 714 and <= 719 or 721 or 999;
}
