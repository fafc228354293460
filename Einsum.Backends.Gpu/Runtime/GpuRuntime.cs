namespace EinsumNet.Backends.Gpu;

/// <summary>
/// One device with its context and its streams: of kernels, and of copies each way. What touches the same memory happens in the order in which it was enqueued, from any thread;
/// what does not may overlap. Every native call's code is checked, and an error names the device and the call.
/// </summary>
abstract class GpuRuntime : IDisposable
{
    readonly StreamOrder _order;
    EinsumException? _failure, _loss;
    bool _isClosing, _isLossUntold;
    int _isDisposed;

    private protected GpuRuntime() => _order = new StreamOrder(this);

    internal abstract DeviceLimits Limits { get; }

    internal abstract KernelDialect Dialect { get; }

    /// <summary>Device, driver and compiler with their versions: what a compiled kernel is good for.</summary>
    internal abstract string Identity { get; }

    /// <summary>Whether a kernel can be given a number as an address of any memory of the device.</summary>
    internal virtual bool HasAddresses => false;

    /// <summary>Whether an error has made the device useless to this process.</summary>
    internal bool IsLost => Volatile.Read(ref _loss) is not null;

    /// <summary>Whether somebody was thrown that error, or a later call's.</summary>
    internal bool IsLossTold => IsLost && !Volatile.Read(ref _isLossUntold);

    /// <summary>Before calls: what a driver does with a context that it has given up is its own affair, and some end the process.</summary>
    private protected void RequireAlive()
    {
        if (!IsLost) return;
        Volatile.Write(ref _isLossUntold, false);
        throw GpuErrors.Lost(Limits.Name);
    }

    /// <summary>The compiler's options.</summary>
    internal abstract string CompilerOptions { get; }

    /// <summary>Global memory of at least one byte; 0 where there is none left.</summary>
    internal nint TryAllocate(long bytes)
    {
        var memory = TryAllocateMemory(bytes);
        if (memory != 0) _order.Add(memory);
        return memory;
    }

    internal void Free(nint memory)
    {
        _order.Remove(memory);
        FreeMemory(memory);
    }

    private protected abstract nint TryAllocateMemory(long bytes);

    private protected abstract void FreeMemory(nint memory);

    /// <summary>Host memory that the device copies from and to without a detour; freed with <see cref="FreeHost"/>.</summary>
    internal abstract nint AllocateHost(long bytes);

    internal abstract void FreeHost(nint memory);

    /// <summary>Compiles, or throws with the compiler's log.</summary>
    internal abstract LoadedKernel Build(string source, string entryPoint);

    /// <summary>Loads what <see cref="LoadedKernel.Binary"/> gave; null where the driver does not take it.</summary>
    internal abstract LoadedKernel? TryLoad(byte[] binary, string entryPoint);

    /// <summary>Enqueues a copy, and tells in which stream; the host's memory stays as it is until the stream has passed it.</summary>
    internal GpuStream Write(nint memory, long offset, nint host, long bytes)
    {
        using var turn = _order.Enter(GpuStream.Upload, [], [memory]);
        Write(turn.Stream, memory, offset, host, bytes);
        return turn.Stream;
    }

    /// <summary>Enqueues a copy, and tells in which stream; the host's memory, which the driver has pinned or shares, is written to until the stream has passed it.</summary>
    internal GpuStream Read(nint memory, long offset, nint host, long bytes)
    {
        using var turn = _order.Enter(GpuStream.Download, [memory], []);
        Read(turn.Stream, memory, offset, host, bytes);
        return turn.Stream;
    }

    /// <summary>Enqueues a copy on the device.</summary>
    internal void Copy(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes)
    {
        using var turn = _order.Enter(GpuStream.Kernels, [source], [destination]);
        CopyOnDevice(source, sourceOffset, destination, destinationOffset, bytes);
    }

    /// <summary>Enqueues a launch.</summary>
    internal void Launch(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments)
    {
        using var turn = Enter(buffers);
        LaunchKernel(kernel, launch, buffers, arguments);
    }

    /// <summary>A turn in the stream of kernels, for what touches the buffers.</summary>
    StreamOrder.Turn Enter(ReadOnlySpan<KernelBuffer> buffers)
    {
        Span<nint> memories = buffers.Length <= 32 ? stackalloc nint[32] : new nint[buffers.Length];
        var (read, written) = (0, buffers.Length);
        foreach (var buffer in buffers) memories[buffer.IsRead ? read++ : --written] = buffer.Memory;
        return _order.Enter(GpuStream.Kernels, memories[..read], memories[written..buffers.Length]);
    }

    private protected abstract void Write(GpuStream stream, nint memory, long offset, nint host, long bytes);

    private protected abstract void Read(GpuStream stream, nint memory, long offset, nint host, long bytes);

    private protected abstract void CopyOnDevice(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes);

    private protected abstract void LaunchKernel(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments);

    /// <summary>What is enqueued on the one stream from now on comes after all that was enqueued on the other so far.</summary>
    internal abstract void Follow(GpuStream later, GpuStream earlier);

    /// <summary>Whether the vendor's library of matrix products is there.</summary>
    internal virtual bool HasProducts => false;

    /// <summary>Whether it has started, now or earlier.</summary>
    internal virtual bool StartsProducts() => false;

    /// <summary>Enqueues a product by the vendor's library; only where <see cref="StartsProducts"/> said that it can.</summary>
    internal void Multiply(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result)
    {
        using var turn = _order.Enter(GpuStream.Kernels, [first.Memory, second.Memory], [result.Memory]);
        MultiplyMatrices(product, first, second, result);
    }

    private protected virtual void MultiplyMatrices(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result) =>
        throw new NotSupportedException($"{Limits.Name} has no library of products.");

    /// <summary>A mark in a stream, which the device is told to work up to.</summary>
    internal abstract GpuEvent Record(GpuStream stream);

    /// <summary>A mark behind all that was enqueued on any stream.</summary>
    internal GpuEvent Record()
    {
        using var turn = _order.EnterAfterAll(GpuStream.Download);
        return Record(turn.Stream);
    }

    /// <summary>Waits until all that was enqueued is done.</summary>
    internal abstract void Synchronize();

    /// <summary>Waits for the streams where it can: for ways out on which an error is already on its way.</summary>
    internal void Drain()
    {
        if (IsLost) return;
        try
        {
            Synchronize();
        }
        catch (EinsumException error)
        {
            // The first error is the one that is told; that the device is lost, by whichever call is next, or by the disposal.
            if (error != _loss) return;
            Volatile.Write(ref _isLossUntold, true);
            Note(error);
        }
    }

    /// <summary>Waits for what was enqueued before everything is given back, as no call runs any more; what fails of it is told by <see cref="Dispose"/>.</summary>
    internal void Finish()
    {
        Volatile.Write(ref _isClosing, true);
        FinishStreams();
    }

    private protected abstract void FinishStreams();

    /// <summary>
    /// The code of a call that gives something back. Finalizers make such calls, too, and ways out on which an error is already: the first failure is told when the runtime is disposed, and
    /// fails no call that computes; if the device is lost, the next such call says so itself. Failures of a lost device mean nothing, and a driver that shuts down takes all back itself.
    /// </summary>
    internal void Released(string call, int code)
    {
        if (code == 0 || IsLost) return;
        var (isShutDown, isLost) = (IsShutDown(code), MeansLost(code));
        var failure = Failure(call, code, isLost);
        if (!isShutDown) Note(failure);
        if (isShutDown || isLost && Volatile.Read(ref _isClosing)) Interlocked.CompareExchange(ref _loss, failure, null);
    }

    /// <summary>Keeps what <see cref="Dispose"/> is to tell.</summary>
    internal void Note(EinsumException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>What a call's code means; where that is that the device is lost, it is from now on.</summary>
    private protected EinsumException Error(string call, int code) => Error(call, code, MeansLost(code));

    private protected EinsumException Error(string call, int code, bool isLost)
    {
        var failure = Failure(call, code, isLost);
        if (isLost) Interlocked.CompareExchange(ref _loss, failure, null);
        return failure;
    }

    EinsumException Failure(string call, int code, bool isLost) => isLost ? GpuErrors.Lost(Limits.Name, call, NameOf(code), code) : GpuErrors.Call(Limits.Name, call, NameOf(code), code);

    private protected abstract string NameOf(int code);

    /// <summary>Whether the code of any call means that the device is lost.</summary>
    private protected abstract bool MeansLost(int code);

    private protected virtual bool IsShutDown(int code) => false;

    /// <summary>Gives everything back, whatever fails at that.</summary>
    private protected abstract void ReleaseAll();

    /// <summary>Gives everything back, and then tells the first failure of that, or of giving something back before.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        ReleaseAll();
        if (_failure is not null) throw _failure;
    }
}

/// <summary>A kernel's argument: a buffer, where in it the tensor starts, in elements, and whether the kernel only reads it.</summary>
readonly record struct KernelBuffer(nint Memory, long Offset, bool IsRead = false);

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
