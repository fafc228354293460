using System.Security.Cryptography;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// The kernels of one device: in memory, bounded, and on disk. Two threads that want the same kernel compile it once.
/// </summary>
sealed class KernelStore(GpuRuntime runtime, DiskCache? disk, int capacity)
{
    sealed class Slot
    {
        readonly Lock _lock = new();
        LoadedKernel? _kernel;

        internal LoadedKernel Get(KernelStore store, EmittedKernel emitted)
        {
            if (Volatile.Read(ref _kernel) is { } known) return known;
            lock (_lock)
            {
                if (_kernel is not null) return _kernel;
                var loaded = store.Load(emitted);
                store.CheckLimits(loaded, emitted.Launch);
                return _kernel = loaded;
            }
        }
    }

    readonly BoundedCache<string, Slot> _kernels = new(capacity);

    internal CacheStatistics Statistics => _kernels.Statistics;

    /// <summary>How many kernels were compiled from source, and not found on disk.</summary>
    internal int Compiled => _compiled;

    int _compiled;

    /// <summary>The kernel, from memory, from disk, or compiled.</summary>
    internal LoadedKernel Get(EmittedKernel emitted)
    {
        CheckLimits(emitted);
        // The entry point stands in the source, but one source may have several.
        return _kernels.GetOrAdd($"{emitted.EntryPoint}\n{emitted.Source}", 0, static (_, _) => new Slot()).Get(this, emitted);
    }

    LoadedKernel Load(EmittedKernel emitted)
    {
        var key = disk is null ? "" : KeyOf(runtime.Dialect, runtime.Identity, runtime.CompilerOptions, emitted);
        if (disk?.TryRead(key) is { } binary)
        {
            if (runtime.TryLoad(binary, emitted.EntryPoint) is { } loaded) return loaded;
            disk.Remove(key);
        }
        Interlocked.Increment(ref _compiled);
        var built = runtime.Build(emitted.Source, emitted.EntryPoint);
        disk?.Write(key, built.Binary);
        return built;
    }

    /// <summary>A hash over everything that the binary depends on.</summary>
    internal static string KeyOf(KernelDialect dialect, string identity, string options, EmittedKernel emitted)
    {
        var parts = string.Join('\0', dialect, identity, options, emitted.EntryPoint, emitted.Source);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)));
    }

    /// <summary>Some drivers end the process where a launch asks for more than the device has, so it is asked first.</summary>
    void CheckLimits(EmittedKernel emitted)
    {
        var (launch, limits) = (emitted.Launch, runtime.Limits);
        Check("threads in a group", (long)launch.GroupX * launch.GroupY * launch.GroupZ, limits.MaxGroupSize);
        Check("threads along the first axis of a group", launch.GroupX, limits.MaxGroupX);
        Check("threads along the second axis of a group", launch.GroupY, limits.MaxGroupY);
        Check("threads along the third axis of a group", launch.GroupZ, limits.MaxGroupZ);
        Check("groups along the first axis", launch.GroupsX, int.MaxValue);
        Check("groups along the second or third axis", Math.Max(launch.GroupsY, launch.GroupsZ), limits.MaxGroups);
        Check("bytes of local memory", Math.Max(launch.LocalBytes, emitted.Kernel?.LocalBytes ?? 0), limits.LocalBytes);
        Check("bytes of parameters", emitted.ParameterBytes, limits.MaxParameterBytes);
    }

    void CheckLimits(LoadedKernel kernel, in Launch launch)
    {
        Check("threads in a group, more than its registers allow", (long)launch.GroupX * launch.GroupY * launch.GroupZ, kernel.MaxGroupSize);
        Check("bytes of local memory", kernel.LocalBytes + launch.LocalBytes, runtime.Limits.LocalBytes);
    }

    void Check(string what, long needed, long limit)
    {
        if (needed > limit) throw GpuErrors.Limit(runtime.Limits.Name, what, needed, limit);
    }
}
