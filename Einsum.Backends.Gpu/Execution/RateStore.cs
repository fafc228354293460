using System.Security.Cryptography;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// How fast the device is: what was measured, kept beside the kernels on disk, or what is typical of it until then. What multiplies, and how exactly, is a part of it.
/// </summary>
sealed class RateStore(GpuRuntime runtime, DiskCache? disk, MatrixPrecision precision, bool usesLibrary)
{
    readonly Lock _lock = new();
    DeviceRates? _rates;

    internal DeviceRates Rates
    {
        get
        {
            lock (_lock) return _rates ??= disk?.TryRead(Key) is { } bytes && DeviceRates.Of(bytes) is { } measured ? measured : DeviceRates.Typical(runtime.Limits);
        }
    }

    internal void Keep(DeviceRates rates)
    {
        lock (_lock) _rates = rates;
        disk?.Write(Key, rates.ToBytes());
    }

    string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', "rates of floats and doubles", precision, usesLibrary, runtime.Dialect, runtime.Identity))));
}
