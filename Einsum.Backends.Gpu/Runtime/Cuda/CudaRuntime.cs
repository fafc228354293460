using System.Collections.Concurrent;

namespace EinsumNet.Backends.Gpu;

/// <summary>The CUDA driver API: a device's primary context and its streams, or a foreign context and its one stream.</summary>
sealed unsafe class CudaRuntime : GpuRuntime
{
    readonly CudaDevice _device;
    readonly CudaCompiler _compiler;
    readonly CudaBlas? _blas;
    readonly bool _owns;
    readonly nint _context;
    readonly nint[] _streams;

    /// <summary>Per stream an event that others wait for, recorded anew each time.</summary>
    readonly nint[] _marks;
    readonly ConcurrentQueue<nint> _abandoned = new();
    readonly ConcurrentDictionary<nint, byte> _modules = new();

    internal CudaRuntime(CudaDevice device)
    {
        (_device, _compiler, _owns) = (device, new CudaCompiler(device, Note), true);
        Check("cuDevicePrimaryCtxRetain", Driver.DevicePrimaryCtxRetain(out _context, device.Handle));
        try
        {
            _streams = new nint[Enum.GetValues<GpuStream>().Length];
            _marks = new nint[_streams.Length];
            using var current = Enter();
            for (var i = 0; i < _streams.Length; i++)
            {
                Check("cuStreamCreate", Driver.StreamCreate(out _streams[i], CudaCodes.NonBlockingStream));
                Check("cuEventCreate", Driver.EventCreate(out _marks[i], CudaCodes.EventWithoutTiming));
            }
        }
        catch
        {
            InContext(ReleaseStreams);
            ReleaseContext();
            throw;
        }
        _blas = device.Blas is null ? null : new CudaBlas(this, device.Blas, Stream(GpuStream.Kernels));
    }

    /// <summary>Works in another library's context and stream, and disposes neither.</summary>
    internal CudaRuntime(CudaDevice device, nint context, nint stream)
    {
        (_device, _compiler, _context, _streams, _marks) = (device, new CudaCompiler(device, Note), context, [stream], []);
        _blas = device.Blas is null ? null : new CudaBlas(this, device.Blas, stream);
    }

    internal ICudaDriver Driver => _device.Driver;

    nint Stream(GpuStream stream) => _streams[(int)stream % _streams.Length];

    internal override DeviceLimits Limits => _device.Limits;

    internal override KernelDialect Dialect => KernelDialect.Cuda;

    internal override string Identity => $"CUDA / {Limits.Name} / sm_{Limits.Sm} / driver {_device.DriverVersion} / {_compiler.Version}";

    internal override bool HasAddresses => true;

    internal override string CompilerOptions => string.Join(' ', _compiler.Options);

    private protected override nint TryAllocateMemory(long bytes)
    {
        using var current = Enter();
        var code = Driver.MemAlloc(out var memory, (nuint)bytes);
        if (code == CudaCodes.OutOfMemory) return 0;
        Check("cuMemAlloc", code);
        return memory;
    }

    private protected override void FreeMemory(nint memory) => InContext(() => Released("cuMemFree", Driver.MemFree(memory)));

    internal override nint AllocateHost(long bytes)
    {
        using var current = Enter();
        var code = Driver.MemHostAlloc(out var memory, (nuint)bytes, 0);
        if (code == CudaCodes.OutOfMemory) throw GpuErrors.OutOfHostMemory(Limits.Name, bytes, "cuMemHostAlloc");
        Check("cuMemHostAlloc", code);
        return memory;
    }

    internal override void FreeHost(nint memory) => InContext(() => Released("cuMemFreeHost", Driver.MemFreeHost(memory)));

    internal override LoadedKernel Build(string source, string entryPoint)
    {
        RequireAlive();
        var image = _compiler.Compile(source);
        using var current = Enter();
        return Load(image, entryPoint, out var failed) ?? throw Error(failed.Call, failed.Code);
    }

    internal override LoadedKernel? TryLoad(byte[] binary, string entryPoint)
    {
        using var current = Enter();
        var kernel = Load(binary, entryPoint, out var failed);
        if (CudaCodes.IsLost(failed.Code)) throw Error(failed.Call, failed.Code);
        return kernel;
    }

    CudaKernel? Load(byte[] image, string entryPoint, out (string Call, int Code) failed)
    {
        UnloadAbandoned();
        nint module, function;
        // The driver reads PTX up to a zero.
        fixed (byte* first = (byte[])[.. image, 0]) failed = ("cuModuleLoadData", Driver.ModuleLoadData(out module, first));
        if (failed.Code != 0) return null;
        failed = ("cuModuleGetFunction", Driver.ModuleGetFunction(out function, module, entryPoint));
        if (failed.Code == 0)
        {
            _modules[module] = 0;
            return new CudaKernel(this, module, function, image);
        }
        Released("cuModuleUnload", Driver.ModuleUnload(module));
        return null;
    }

    void UnloadAbandoned()
    {
        if (_abandoned.IsEmpty) return;
        // A kernel that nobody holds may still be running.
        Check("cuStreamSynchronize", Driver.StreamSynchronize(Stream(GpuStream.Kernels)));
        while (_abandoned.TryDequeue(out var gone)) Unload(gone);
    }

    void Unload(nint module)
    {
        if (_modules.TryRemove(module, out _)) Released("cuModuleUnload", Driver.ModuleUnload(module));
    }

    /// <summary>Unloads a module of a kernel that nobody holds any more, when a thread next is in the context.</summary>
    internal void Abandon(nint module) => _abandoned.Enqueue(module);

    private protected override void Write(GpuStream stream, nint memory, long offset, nint host, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyHtoDAsync", Driver.MemcpyHtoDAsync(memory + (nint)offset, host, (nuint)bytes, Stream(stream)));
    }

    private protected override void Read(GpuStream stream, nint memory, long offset, nint host, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyDtoHAsync", Driver.MemcpyDtoHAsync(host, memory + (nint)offset, (nuint)bytes, Stream(stream)));
    }

    private protected override void CopyOnDevice(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyDtoDAsync", Driver.MemcpyDtoDAsync(destination + (nint)destinationOffset, source + (nint)sourceOffset, (nuint)bytes, Stream(GpuStream.Kernels)));
    }

    private protected override void LaunchKernel(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments)
    {
        using var current = Enter();
        var count = 2 * buffers.Length + arguments.Length;
        Span<long> values = count <= 128 ? stackalloc long[128] : new long[count];
        for (var i = 0; i < buffers.Length; i++) (values[2 * i], values[2 * i + 1]) = (buffers[i].Memory, buffers[i].Offset);
        arguments.CopyTo(values[(2 * buffers.Length)..]);
        var pointers = stackalloc void*[Math.Max(1, count)];
        fixed (long* first = values)
        {
            for (var i = 0; i < count; i++) pointers[i] = first + i;
            Check("cuLaunchKernel", Driver.LaunchKernel(
                ((CudaKernel)kernel).Prepare(launch.LocalBytes), (uint)launch.GroupsX, (uint)launch.GroupsY, (uint)launch.GroupsZ, (uint)launch.GroupX, (uint)launch.GroupY, (uint)launch.GroupZ,
                (uint)launch.LocalBytes, Stream(GpuStream.Kernels), pointers));
        }
        // Its finalizer gives up the module.
        GC.KeepAlive(kernel);
    }

    internal override bool HasProducts => _blas is not null;

    internal override bool StartsProducts() => _blas?.HasStarted() == true;

    private protected override void MultiplyMatrices(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result)
    {
        using var current = Enter();
        _blas!.Multiply(product, first, second, result);
    }

    internal override GpuEvent Record(GpuStream stream)
    {
        using var current = Enter();
        Check("cuEventCreate", Driver.EventCreate(out var mark, CudaCodes.EventWithoutTiming));
        var made = new CudaEvent(this, mark);
        try
        {
            Check("cuEventRecord", Driver.EventRecord(mark, Stream(stream)));
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    internal override void Synchronize()
    {
        using var current = Enter();
        foreach (var stream in _streams) Check("cuStreamSynchronize", Driver.StreamSynchronize(stream));
    }

    internal override void Follow(GpuStream later, GpuStream earlier)
    {
        if (Stream(later) == Stream(earlier)) return;
        using var current = Enter();
        // A stream waits for what the event stands for now, whatever it is recorded for later.
        var mark = _marks[(int)earlier];
        Check("cuEventRecord", Driver.EventRecord(mark, Stream(earlier)));
        Check("cuStreamWaitEvent", Driver.StreamWaitEvent(Stream(later), mark, 0));
    }

    void ReleaseStreams()
    {
        foreach (var mark in _marks)
            if (mark != 0) Released("cuEventDestroy", Driver.EventDestroy(mark));
        foreach (var stream in _streams)
            if (stream != 0) Released("cuStreamDestroy", Driver.StreamDestroy(stream));
    }

    void ReleaseContext() => Released("cuDevicePrimaryCtxRelease", Driver.DevicePrimaryCtxRelease(_device.Handle));

    /// <summary>Makes the context this thread's until the scope ends; the thread may be another library's too.</summary>
    internal Scope Enter()
    {
        RequireAlive();
        Check("cuCtxPushCurrent", Driver.CtxPushCurrent(_context));
        return new Scope(this);
    }

    /// <summary>Does what gives something back, in the context; nothing where the context is gone, and that with it.</summary>
    internal void InContext(Action action)
    {
        if (IsLost) return;
        var code = Driver.CtxPushCurrent(_context);
        Released("cuCtxPushCurrent", code);
        if (code != 0) return;
        using var current = new Scope(this);
        action();
    }

    internal void Check(string call, int code)
    {
        if (code != 0) throw Error(call, code);
    }

    private protected override string NameOf(int code) => Driver.NameOf(code);

    private protected override bool MeansLost(int code) => CudaCodes.IsLost(code);

    private protected override bool IsShutDown(int code) => code == CudaCodes.Deinitialized;

    private protected override void FinishStreams() => InContext(() =>
    {
        foreach (var stream in _streams) Released("cuStreamSynchronize", Driver.StreamSynchronize(stream));
    });

    private protected override void ReleaseAll()
    {
        InContext(() =>
        {
            _blas?.Close();
            // Others may hold the context, with which the modules would stay.
            foreach (var module in _modules.Keys) Unload(module);
            if (_owns) ReleaseStreams();
        });
        if (_owns) ReleaseContext();
    }

    /// <summary>A stretch of code in which the context is the thread's.</summary>
    internal readonly ref struct Scope(CudaRuntime runtime)
    {
        public void Dispose() => runtime.Released("cuCtxPopCurrent", runtime.Driver.CtxPopCurrent(out _));
    }
}
