using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;

namespace EinsumNet.Backends.Cpu;

/// <summary>The size of the last cache as it was measured, kept in the cache directory for each kind of processor, where there is one.</summary>
static class LastCacheStore
{
    /// <summary>A part of the key, which changes with what is measured and how it is written.</summary>
    const string Form = "last cache 2";

    /// <summary>What was kept, or is measured now and kept.</summary>
    internal static long Measured() => Measured(DiskCache.DefaultDirectory, Identity(), LastCacheMeter.Measure);

    internal static long Measured(string? directory, string processor, Func<long> measure)
    {
        var disk = string.IsNullOrEmpty(directory) ? null : DiskCache.TryOpen(directory, long.MaxValue); // Whoever keeps more there decides how much.
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Form, processor))));
        if (disk?.TryRead(key) is { Length: sizeof(long) } kept && BinaryPrimitives.ReadInt64LittleEndian(kept) is > 0 and var bytes) return bytes;
        bytes = measure();
        var payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, bytes);
        disk?.Write(key, payload);
        return bytes;
    }

    /// <summary>The processor by name and model, and how many cores of it there are.</summary>
    static string Identity()
    {
        var identity = new StringBuilder().Append(RuntimeInformation.OSDescription).Append('\0').Append(RuntimeInformation.ProcessArchitecture).Append('\0').Append(Environment.ProcessorCount);
        if (!X86Base.IsSupported) return identity.ToString();
        const int name = unchecked((int)0x80000002);
        for (var leaf = name; leaf < name + 3; leaf++) identity.Append('\0').Append(X86Base.CpuId(leaf, 0));
        return identity.Append('\0').Append(X86Base.CpuId(1, 0).Eax).ToString();
    }
}
