using System.Collections.Concurrent;

namespace EinsumNet.Backends.Gpu;

/// <summary>The CUDA driver API: a device's primary context, or a foreign one, and one stream.</summary>
sealed unsafe class CudaRuntime : GpuRuntime
{
    readonly CudaDevice _device;
    readonly CudaCompiler _compiler;
    readonly CudaBlas? _blas;
    readonly bool _owns;
    readonly nint _context, _stream;
    readonly ConcurrentQueue<nint> _abandoned = new();
    readonly ConcurrentDictionary<nint, byte> _modules = new();
    int _isDisposed;

    internal CudaRuntime(CudaDevice device)
    {
        (_device, _compiler, _owns) = (device, new CudaCompiler(device), true);
        Check("cuDevicePrimaryCtxRetain", Driver.DevicePrimaryCtxRetain(out _context, device.Handle));
        try
        {
            using var current = Enter();
            Check("cuStreamCreate", Driver.StreamCreate(out _stream, CudaCodes.NonBlockingStream));
        }
        catch
        {
            _ = Driver.DevicePrimaryCtxRelease(device.Handle);
            throw;
        }
        _blas = device.Blas is null ? null : new CudaBlas(this, device.Blas, _stream);
    }

    /// <summary>Works in another library's context and stream, and disposes neither.</summary>
    internal CudaRuntime(CudaDevice device, nint context, nint stream)
    {
        (_device, _compiler, _context, _stream) = (device, new CudaCompiler(device), context, stream);
        _blas = device.Blas is null ? null : new CudaBlas(this, device.Blas, stream);
    }

    internal ICudaDriver Driver => _device.Driver;

    internal override DeviceLimits Limits => _device.Limits;

    internal override KernelDialect Dialect => KernelDialect.Cuda;

    internal override string Identity => $"CUDA / {Limits.Name} / sm_{Limits.Sm} / driver {_device.DriverVersion} / {_compiler.Version}";

    internal override string CompilerOptions => string.Join(' ', _compiler.Options);

    internal override nint TryAllocate(long bytes)
    {
        using var current = Enter();
        var code = Driver.MemAlloc(out var memory, (nuint)bytes);
        if (code == CudaCodes.OutOfMemory) return 0;
        Check("cuMemAlloc", code);
        return memory;
    }

    internal override void Free(nint memory)
    {
        // The memory of a lost context is gone with it.
        if (IsLost) return;
        using var current = Enter();
        Check("cuMemFree", Driver.MemFree(memory));
    }

    internal override nint AllocateHost(long bytes)
    {
        using var current = Enter();
        Check("cuMemHostAlloc", Driver.MemHostAlloc(out var memory, (nuint)bytes, 0));
        return memory;
    }

    internal override void FreeHost(nint memory)
    {
        if (IsLost) return;
        using var current = Enter();
        Check("cuMemFreeHost", Driver.MemFreeHost(memory));
    }

    internal override LoadedKernel Build(string source, string entryPoint)
    {
        var image = _compiler.Compile(source);
        using var current = Enter();
        return Load(image, entryPoint, out var code) ?? throw Error("cuModuleLoadData", code);
    }

    internal override LoadedKernel? TryLoad(byte[] binary, string entryPoint)
    {
        using var current = Enter();
        var kernel = Load(binary, entryPoint, out var code);
        if (CudaCodes.IsLost(code)) throw Error("cuModuleLoadData", code);
        return kernel;
    }

    CudaKernel? Load(byte[] image, string entryPoint, out int code)
    {
        UnloadAbandoned();
        nint module, function;
        // The driver reads PTX up to a zero.
        fixed (byte* first = (byte[])[.. image, 0]) code = Driver.ModuleLoadData(out module, first);
        if (code != 0) return null;
        code = Driver.ModuleGetFunction(out function, module, entryPoint);
        if (code == 0)
        {
            _modules[module] = 0;
            return new CudaKernel(this, module, function, image);
        }
        _ = Driver.ModuleUnload(module);
        return null;
    }

    void UnloadAbandoned()
    {
        if (_abandoned.IsEmpty) return;
        // A kernel that nobody holds may still be running.
        Check("cuStreamSynchronize", Driver.StreamSynchronize(_stream));
        while (_abandoned.TryDequeue(out var gone))
            if (_modules.TryRemove(gone, out _)) _ = Driver.ModuleUnload(gone);
    }

    /// <summary>Unloads a module of a kernel that nobody holds any more, when a thread next is in the context.</summary>
    internal void Abandon(nint module) => _abandoned.Enqueue(module);

    internal override void Write(nint memory, long offset, nint host, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyHtoDAsync", Driver.MemcpyHtoDAsync(memory + (nint)offset, host, (nuint)bytes, _stream));
    }

    internal override void Read(nint memory, long offset, nint host, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyDtoHAsync", Driver.MemcpyDtoHAsync(host, memory + (nint)offset, (nuint)bytes, _stream));
    }

    internal override void Copy(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes)
    {
        using var current = Enter();
        Check("cuMemcpyDtoDAsync", Driver.MemcpyDtoDAsync(destination + (nint)destinationOffset, source + (nint)sourceOffset, (nuint)bytes, _stream));
    }

    internal override void Launch(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments)
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
                (uint)launch.LocalBytes, _stream, pointers));
        }
        // Its finalizer gives up the module.
        GC.KeepAlive(kernel);
    }

    internal override bool HasProducts => _blas is not null;

    internal override void Multiply(LibraryProduct product, KernelBuffer first, KernelBuffer second, KernelBuffer result)
    {
        using var current = Enter();
        _blas!.Multiply(product, first, second, result);
    }

    internal override GpuEvent Record()
    {
        using var current = Enter();
        Check("cuEventCreate", Driver.EventCreate(out var mark, CudaCodes.EventWithoutTiming));
        var made = new CudaEvent(this, mark);
        try
        {
            Check("cuEventRecord", Driver.EventRecord(mark, _stream));
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
        Check("cuStreamSynchronize", Driver.StreamSynchronize(_stream));
    }

    /// <summary>Makes the context this thread's until the scope ends; the thread may be another library's too.</summary>
    internal Scope Enter()
    {
        if (IsLost) throw GpuErrors.Lost(Limits.Name);
        Check("cuCtxPushCurrent", Driver.CtxPushCurrent(_context));
        return new Scope(Driver);
    }

    /// <summary>Does what gives something back, in the context; nothing where the context is gone, and that with it.</summary>
    internal void InContext(Action action)
    {
        if (IsLost || Driver.CtxPushCurrent(_context) != 0) return;
        using var current = new Scope(Driver);
        action();
    }

    internal void Check(string call, int code)
    {
        if (code != 0) throw Error(call, code);
    }

    EinsumException Error(string call, int code)
    {
        if (!CudaCodes.IsLost(code)) return GpuErrors.Call(Limits.Name, call, Driver.NameOf(code), code);
        IsLost = true;
        return GpuErrors.Lost(Limits.Name, call, Driver.NameOf(code), code);
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        InContext(() =>
        {
            _blas?.Close();
            // Others may hold the context, with which the modules would stay.
            foreach (var module in _modules.Keys)
                if (_modules.TryRemove(module, out _)) _ = Driver.ModuleUnload(module);
            if (_owns) _ = Driver.StreamDestroy(_stream);
        });
        if (_owns) _ = Driver.DevicePrimaryCtxRelease(_device.Handle);
    }

    /// <summary>A stretch of code in which the context is the thread's.</summary>
    internal readonly ref struct Scope(ICudaDriver driver)
    {
        public void Dispose() => _ = driver.CtxPopCurrent(out _);
    }
}
