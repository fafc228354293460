using System.Collections.Concurrent;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// All that a backend has on its device: the runtime, buffers, staging memory and kernels. It is closed when it is disposed and the last call that
/// uses it has left.
/// </summary>
sealed class DeviceSession : IDisposable
{
    readonly Lock _lock = new();
    readonly bool _usesLibrary;
    readonly BlockingCollection<(GpuEvent Mark, Action<bool>? Finish, TaskCompletionSource Completion)> _pending = [];
    Thread? _watcher;
    int _users;
    bool _isClosing;

    internal DeviceSession(GpuRuntime runtime, GpuOptions options)
    {
        (Runtime, _usesLibrary) = (runtime, options.UseVendorLibrary && runtime.HasProducts);
        Pool = new DevicePool(runtime, options.MemoryBudget ?? runtime.Limits.MemoryBytes / 4 * 3);
        Pinned = new PinnedPool(runtime);
        Staging = new StagingPool(runtime, Pinned);
        var directory = options.CacheDirectory ?? DiskCache.DefaultDirectory;
        Disk = string.IsNullOrEmpty(directory) ? null : DiskCache.TryOpen(directory, options.CacheBytes);
        Kernels = new KernelStore(runtime, Disk, options.KernelCapacity);
        Tiles = new TuningStore(runtime, Disk, options.Precision, options.KernelCapacity);
        ListTiles = new TuningStore(runtime, Disk, options.Precision, options.KernelCapacity);
        Rates = new RateStore(runtime, Disk, options.Precision, _usesLibrary);
        Emission = EmitOptions.Default with { Precision = options.Precision };
    }

    internal GpuRuntime Runtime { get; }

    internal DevicePool Pool { get; }

    internal PinnedPool Pinned { get; }

    internal StagingPool Staging { get; }

    internal KernelStore Kernels { get; }

    internal TuningStore Tiles { get; }

    /// <summary>Those of lists, of which there may be ever new ones: they must not drive out the others.</summary>
    internal TuningStore ListTiles { get; }

    internal RateStore Rates { get; }

    /// <summary>What kernels are emitted with, but for their tiles.</summary>
    internal EmitOptions Emission { get; }

    internal DiskCache? Disk { get; }

    /// <summary>The plan as a product of the vendor's library; null where it is none, or there is no such library.</summary>
    internal LibraryProduct? Product(KernelPlan plan) =>
        _usesLibrary && LibraryProduct.Of(plan) is { } product && Runtime.StartsProducts() ? product.Element == ElementType.Float ? product with { Precision = Emission.Precision } : product : null;

    /// <summary>The memory that an address of a device tensor stands for, and where in it, in bytes.</summary>
    /// <exception cref="EinsumException">The tensor is disposed, another backend's, or has fewer bytes (EIN0706).</exception>
    internal (nint Memory, long Offset) Resident(nint address, long bytes)
    {
        var (storage, offset) = DeviceAddresses.Find(address);
        if (storage is null) throw GpuErrors.Resident("it is disposed");
        if (storage.Session != this) throw GpuErrors.Resident($"it lives on another backend, of {storage.Session.Runtime.Limits.Name}");
        return offset + bytes <= storage.Bytes ? (storage.Memory, storage.Offset + offset) : throw GpuErrors.Resident("it is smaller than its shape says");
    }

    /// <summary>Keeps the session open until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The backend is disposed.</exception>
    internal Lease Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosing, typeof(GpuBackend));
            _users++;
        }
        return new Lease(this);
    }

    /// <summary>
    /// A task that completes once the mark is passed and what is left to do then is done, which is told whether it was passed or failed; the mark is disposed of.
    /// </summary>
    internal Task Completion(GpuEvent mark, Action<bool>? finish)
    {
        Lease? lease = null;
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            lease = Enter();
            // Tasks complete about in the order in which they were made, so one thread that waits for one mark after the other serves all.
            lock (_lock)
            {
                if (_watcher is null)
                {
                    _watcher = new Thread(Watch) { IsBackground = true, Name = "Einsum GPU completions" };
                    _watcher.Start();
                }
            }
            _pending.Add((mark, finish, completion));
        }
        catch
        {
            Runtime.Drain();
            mark.Dispose();
            finish?.Invoke(false);
            lease?.Dispose();
            throw;
        }
        return Finish(completion.Task, lease.Value);

        static async Task Finish(Task task, Lease lease)
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            finally
            {
                lease.Dispose();
            }
        }
    }

    void Watch()
    {
        foreach (var (mark, finish, completion) in _pending.GetConsumingEnumerable())
        {
            var hasPassed = false;
            try
            {
                // Whoever awaits the task may close the session, so the mark is gone by then.
                using (mark) mark.Wait();
                hasPassed = true;
                finish?.Invoke(true);
            }
            catch (Exception error)
            {
                Runtime.Drain();
                if (!hasPassed) finish?.Invoke(false);
                completion.SetException(error);
                continue;
            }
            completion.SetResult();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosing) return;
            _isClosing = true;
            if (_users > 0) return;
        }
        Close();
    }

    void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0 || !_isClosing) return;
        }
        try
        {
            Close();
        }
        catch (EinsumException)
        {
            // The call that ends here did what it was asked for, and whoever disposed of the backend is gone.
        }
    }

    void Close()
    {
        var isToldOf = Runtime.IsLossTold;
        _pending.CompleteAdding();
        Runtime.Finish();
        Staging.Close();
        Pinned.Close();
        Pool.Close();
        try
        {
            Runtime.Dispose();
        }
        catch (EinsumException) when (isToldOf)
        {
            // Whoever used the device has heard of it.
        }
    }

    /// <summary>One user of the session.</summary>
    internal readonly struct Lease(DeviceSession session) : IDisposable
    {
        public void Dispose() => session.Leave();
    }
}
