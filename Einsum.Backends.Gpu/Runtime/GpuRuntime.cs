namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One device with its context and one stream, in whose order everything happens that is enqueued. All members may be called from any thread; every
/// native call's code is checked, and an error names the device and the call.
/// </summary>
abstract class GpuRuntime : IDisposable
{
    internal abstract DeviceLimits Limits { get; }

    internal abstract KernelDialect Dialect { get; }

    /// <summary>Device, driver and compiler with their versions: what a compiled kernel is good for.</summary>
    internal abstract string Identity { get; }

    /// <summary>Whether an error has made the device useless to this process.</summary>
    internal bool IsLost { get; private protected set; }

    /// <summary>The compiler's options.</summary>
    internal abstract string CompilerOptions { get; }

    /// <summary>Global memory of at least one byte; 0 where there is none left.</summary>
    internal abstract nint TryAllocate(long bytes);

    internal abstract void Free(nint memory);

    /// <summary>Host memory that the device copies from and to without a detour; freed with <see cref="FreeHost"/>.</summary>
    internal abstract nint AllocateHost(long bytes);

    internal abstract void FreeHost(nint memory);

    /// <summary>Compiles, or throws with the compiler's log.</summary>
    internal abstract LoadedKernel Build(string source, string entryPoint);

    /// <summary>Loads what <see cref="LoadedKernel.Binary"/> gave; null where the driver does not take it.</summary>
    internal abstract LoadedKernel? TryLoad(byte[] binary, string entryPoint);

    /// <summary>Enqueues a copy; the host's memory stays as it is until the stream has passed it.</summary>
    internal abstract void Write(nint memory, long offset, nint host, long bytes);

    /// <summary>Enqueues a copy; the host's memory is written to until the stream has passed it.</summary>
    internal abstract void Read(nint memory, long offset, nint host, long bytes);

    /// <summary>Enqueues a copy on the device.</summary>
    internal abstract void Copy(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes);

    internal abstract void Launch(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments);

    /// <summary>Whether the vendor's library of matrix products is there.</summary>
    internal virtual bool HasProducts => false;

    /// <summary>Enqueues a product by the vendor's library; only where <see cref="HasProducts"/>.</summary>
    internal virtual void Multiply(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result) =>
        throw new NotSupportedException($"{Limits.Name} has no library of products.");

    /// <summary>A mark in the stream, which the device is told to work up to.</summary>
    internal abstract GpuEvent Record();

    /// <summary>Waits until all that was enqueued is done.</summary>
    internal abstract void Synchronize();

    /// <summary>Waits for the stream where it can: for ways out on which an error is already on its way.</summary>
    internal void Drain()
    {
        if (IsLost) return;
        try
        {
            Synchronize();
        }
        catch (EinsumException)
        {
            // The first error is the one that is told.
        }
    }

    public abstract void Dispose();
}

/// <summary>A kernel's argument: a buffer, and where in it the tensor starts, in elements.</summary>
readonly record struct KernelBuffer(nint Memory, long Offset);

/// <summary>A mark in a stream.</summary>
abstract class GpuEvent : IDisposable
{
    /// <summary>Waits until the stream has passed the mark.</summary>
    internal abstract void Wait();

    public abstract void Dispose();
}

/// <summary>A kernel in a context; the bytes that it can be loaded from again.</summary>
abstract class LoadedKernel : IDisposable
{
    internal abstract byte[] Binary { get; }

    /// <summary>The most threads of a group that the kernel's registers allow.</summary>
    internal abstract int MaxGroupSize { get; }

    /// <summary>Bytes of local memory that the kernel declares, beside what a launch gives it.</summary>
    internal abstract long LocalBytes { get; }

    public abstract void Dispose();
}
