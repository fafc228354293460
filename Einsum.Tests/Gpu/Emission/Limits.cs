using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Devices that no test machine has, as emission sees them.</summary>
static class Limits
{
    /// <summary>A small graphics card.</summary>
    internal static DeviceLimits Card { get; } = new("card", 1024, 1024, 1024, 64, 65535, 48 << 10, 8, 32, true, 1L << 33, 1L << 31, 0, false);

    /// <summary>A CUDA device of the compute capability.</summary>
    internal static DeviceLimits Cuda(int sm) => new($"sm_{sm}", 1024, 1024, 1024, 64, 65535, sm >= 90 ? 227 << 10 : sm >= 80 ? 99 << 10 : 64 << 10, 108, 32, true, 1L << 35, 1L << 35, sm, false);
}
