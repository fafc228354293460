namespace EinsumNet.Backends.Gpu;

/// <summary>How a <see cref="GpuBackend"/> uses its device.</summary>
public sealed record GpuOptions
{
    /// <summary>The most bytes of device memory that the backend takes for operands, intermediates and device tensors; three quarters of the device's by default.</summary>
    public long? MemoryBudget { get; init; }

    /// <summary>Whether plain products of float, double and Half matrices go to the vendor's library, cuBLAS, where it is installed.</summary>
    public bool UseVendorLibrary { get; init; } = true;

    /// <summary>How many compiled kernels are kept in memory, at least 1.</summary>
    public int KernelCapacity { get; init; } = 1024;

    /// <summary>
    /// Where compiled kernels are kept from run to run; null for EINSUM_CACHE_DIR, or the user's cache directory without it; empty for nowhere.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>The most bytes of the cache directory; those used longest ago go first.</summary>
    public long CacheBytes { get; init; } = 256 << 20;

    /// <summary>What the factors of products of floats may be rounded to; only CUDA devices from compute capability 8.0 on make use of it. Not rounded by default.</summary>
    public MatrixPrecision Precision { get; init; }
}
