using System.Collections.Concurrent;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>OpenCL 1.2: a context of one device, and an in-order queue for each stream.</summary>
sealed unsafe class OpenClRuntime : GpuRuntime
{
    readonly OpenClDevice _device;
    readonly nint _context;
    readonly nint[] _queues;
    readonly ConcurrentDictionary<nint, nint> _mapped = new();

    /// <summary>The kernels that were not given back, and their programs.</summary>
    readonly ConcurrentDictionary<nint, nint> _kernels = new();

    /// <summary>Works in another library's context and queue, and keeps them alive; all streams are that queue.</summary>
    internal OpenClRuntime(OpenClDevice device, nint context, nint queue)
    {
        (_device, _context, _queues) = (device, context, [queue]);
        Check("clRetainContext", OpenClNative.clRetainContext(context));
        var code = OpenClNative.clRetainCommandQueue(queue);
        if (code != 0) ReleaseContext();
        Check("clRetainCommandQueue", code);
    }

    internal OpenClRuntime(OpenClDevice device)
    {
        _device = device;
        var handle = device.Handle;
        int code;
        _context = OpenClNative.clCreateContext(null, 1, &handle, 0, 0, &code);
        Check("clCreateContext", code);
        _queues = new nint[Enum.GetValues<GpuStream>().Length];
        for (var i = 0; i < _queues.Length && code == 0; i++) _queues[i] = OpenClNative.clCreateCommandQueue(_context, handle, 0, &code);
        if (code != 0) ReleaseAll();
        Check("clCreateCommandQueue", code);
    }

    nint Queue(GpuStream stream) => _queues[(int)stream % _queues.Length];

    internal override DeviceLimits Limits => _device.Limits;

    internal override KernelDialect Dialect => KernelDialect.OpenCL;

    internal override string Identity => _device.Identity;

    internal override string CompilerOptions => "-cl-std=CL1.2";

    private protected override nint TryAllocateMemory(long bytes)
    {
        RequireAlive();
        int code;
        var memory = OpenClNative.clCreateBuffer(_context, OpenClCodes.ReadWrite, (nuint)bytes, null, &code);
        if (IsShortage("clCreateBuffer", code)) return 0;
        Check("clCreateBuffer", code);
        return memory;
    }

    /// <summary>Whether the call only found no room; where resources ran out because work before it faulted, it throws.</summary>
    bool IsShortage(string call, int code)
    {
        if (code == OpenClCodes.OutOfResources && OpenClCodes.IsLostEnqueuing(code, WaitForAll)) throw Error(call, code, isLost: true);
        return code is OpenClCodes.MemoryAllocationFailure or OpenClCodes.OutOfResources or OpenClCodes.OutOfHostMemory;
    }

    private protected override void FreeMemory(nint memory) => Released("clReleaseMemObject", OpenClNative.clReleaseMemObject(memory));

    internal override nint AllocateHost(long bytes)
    {
        RequireAlive();
        // OpenCL has no other word for memory that the driver has pinned than a buffer of its own that stays mapped.
        int code;
        var buffer = OpenClNative.clCreateBuffer(_context, OpenClCodes.ReadWrite | OpenClCodes.AllocateHostPointer, (nuint)bytes, null, &code);
        if (IsShortage("clCreateBuffer", code)) throw GpuErrors.OutOfHostMemory(Limits.Name, bytes, "clCreateBuffer");
        Check("clCreateBuffer", code);
        var address = OpenClNative.clEnqueueMapBuffer(Queue(GpuStream.Upload), buffer, 1, OpenClCodes.MapRead | OpenClCodes.MapWrite, 0, (nuint)bytes, 0, null, null, &code);
        if (code != 0) FreeMemory(buffer);
        if (IsShortage("clEnqueueMapBuffer", code)) throw GpuErrors.OutOfHostMemory(Limits.Name, bytes, "clEnqueueMapBuffer");
        CheckEnqueue("clEnqueueMapBuffer", code);
        _mapped[address] = buffer;
        return address;
    }

    internal override void FreeHost(nint memory)
    {
        if (!_mapped.TryRemove(memory, out var buffer)) return;
        if (!IsLost) Released("clEnqueueUnmapMemObject", OpenClNative.clEnqueueUnmapMemObject(Queue(GpuStream.Upload), buffer, memory, 0, null, null));
        FreeMemory(buffer);
    }

    internal override LoadedKernel Build(string source, string entryPoint)
    {
        RequireAlive();
        int code;
        nint program;
        var text = Encoding.UTF8.GetBytes(source);
        fixed (byte* first = text)
        {
            var start = first;
            var length = (nuint)text.Length;
            program = OpenClNative.clCreateProgramWithSource(_context, 1, &start, &length, &code);
        }
        Check("clCreateProgramWithSource", code);
        var handle = _device.Handle;
        code = OpenClNative.clBuildProgram(program, 1, &handle, CompilerOptions, 0, 0);
        if (code == 0)
        {
            var kernel = TryKernel(program, entryPoint, out code);
            Check("clCreateKernel", code);
            return kernel!;
        }
        var log = BuildLog(program);
        ReleaseProgram(program);
        throw GpuErrors.Compiler(Limits.Name, $"clBuildProgram ({OpenClCodes.Name(code)})", log, source);
    }

    internal override LoadedKernel? TryLoad(byte[] binary, string entryPoint)
    {
        RequireAlive();
        int code, state;
        var (handle, length) = (_device.Handle, (nuint)binary.Length);
        nint program;
        fixed (byte* first = binary)
        {
            var start = first;
            program = OpenClNative.clCreateProgramWithBinary(_context, 1, &handle, &length, &start, &state, &code);
        }
        if (code != 0 || program == 0) return null;
        if (state == 0 && OpenClNative.clBuildProgram(program, 1, &handle, CompilerOptions, 0, 0) == 0) return TryKernel(program, entryPoint, out _);
        ReleaseProgram(program);
        return null;
    }

    /// <summary>Gives back a kernel and its program; nothing where the runtime, which is disposed, did.</summary>
    internal void ReleaseKernel(nint kernel)
    {
        if (!_kernels.TryRemove(kernel, out var program)) return;
        Released("clReleaseKernel", OpenClNative.clReleaseKernel(kernel));
        ReleaseProgram(program);
    }

    void ReleaseProgram(nint program) => Released("clReleaseProgram", OpenClNative.clReleaseProgram(program));

    /// <summary>The kernel of a built program, or null, and the program is released.</summary>
    OpenClKernel? TryKernel(nint program, string entryPoint, out int code)
    {
        int result;
        var kernel = OpenClNative.clCreateKernel(program, entryPoint, &result);
        code = result;
        if (code == 0)
        {
            _kernels[kernel] = program;
            return new OpenClKernel(this, _device.Handle, program, kernel);
        }
        ReleaseProgram(program);
        return null;
    }

    /// <summary>What the compiler says, or why it does not: the source's error is the one that is told.</summary>
    string BuildLog(nint program)
    {
        nuint length = 0;
        var code = OpenClNative.clGetProgramBuildInfo(program, _device.Handle, OpenClCodes.BuildLog, 0, null, &length);
        var log = new byte[length];
        if (code == 0)
            fixed (byte* first = log) code = OpenClNative.clGetProgramBuildInfo(program, _device.Handle, OpenClCodes.BuildLog, length, first, null);
        return code == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0') : $"nothing: clGetProgramBuildInfo gives {OpenClCodes.Name(code)} ({code})";
    }

    private protected override void Write(GpuStream stream, nint memory, long offset, nint host, long bytes)
    {
        RequireAlive();
        CheckEnqueue("clEnqueueWriteBuffer", OpenClNative.clEnqueueWriteBuffer(Queue(stream), memory, 0, (nuint)offset, (nuint)bytes, host, 0, null, null));
    }

    private protected override void Read(GpuStream stream, nint memory, long offset, nint host, long bytes)
    {
        RequireAlive();
        CheckEnqueue("clEnqueueReadBuffer", OpenClNative.clEnqueueReadBuffer(Queue(stream), memory, 0, (nuint)offset, (nuint)bytes, host, 0, null, null));
    }

    private protected override void CopyOnDevice(nint source, long sourceOffset, nint destination, long destinationOffset, long bytes)
    {
        RequireAlive();
        CheckEnqueue("clEnqueueCopyBuffer", OpenClNative.clEnqueueCopyBuffer(Queue(GpuStream.Kernels), source, destination, (nuint)sourceOffset, (nuint)destinationOffset, (nuint)bytes, 0, null, null));
    }

    private protected override void LaunchKernel(LoadedKernel kernel, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments)
    {
        RequireAlive();
        ((OpenClKernel)kernel).Launch(Queue(GpuStream.Kernels), launch, buffers, arguments);
    }

    internal override GpuEvent Record(GpuStream stream)
    {
        RequireAlive();
        nint mark;
        CheckEnqueue("clEnqueueMarkerWithWaitList", OpenClNative.clEnqueueMarkerWithWaitList(Queue(stream), 0, null, &mark));
        var made = new OpenClEvent(this, mark);
        var code = OpenClNative.clFlush(Queue(stream));
        if (code != 0) made.Dispose();
        CheckWait("clFlush", code);
        return made;
    }

    internal override void Follow(GpuStream later, GpuStream earlier)
    {
        if (Queue(later) == Queue(earlier)) return;
        using var mark = (OpenClEvent)Record(earlier);
        var handle = mark.Handle;
        CheckEnqueue("clEnqueueMarkerWithWaitList", OpenClNative.clEnqueueMarkerWithWaitList(Queue(later), 1, &handle, null));
    }

    internal override void Synchronize()
    {
        RequireAlive();
        foreach (var queue in _queues) CheckWait("clFlush", OpenClNative.clFlush(queue));
        foreach (var queue in _queues) CheckWait("clFinish", OpenClNative.clFinish(queue));
    }

    internal void Check(string call, int code)
    {
        if (code != 0) throw Error(call, code);
    }

    /// <summary>The same for calls that enqueue: a fault of work before them is told apart from what they asked for themselves.</summary>
    internal void CheckEnqueue(string call, int code)
    {
        if (code != 0) throw Error(call, code, OpenClCodes.IsLostEnqueuing(code, WaitForAll));
    }

    int WaitForAll() => Array.ConvertAll(_queues, queue => OpenClNative.clFinish(queue)).FirstOrDefault(OpenClCodes.IsLostWaiting);

    /// <summary>The same for calls that wait for work, and for a flush, which asks for nothing of its own.</summary>
    internal void CheckWait(string call, int code)
    {
        if (code != 0) throw Error(call, code, OpenClCodes.IsLostWaiting(code));
    }

    private protected override string NameOf(int code) => OpenClCodes.Name(code);

    private protected override bool MeansLost(int code) => OpenClCodes.IsLost(code);

    private protected override void FinishStreams()
    {
        if (IsLost) return;
        foreach (var queue in _queues)
            if (OpenClNative.clFinish(queue) is not 0 and var code) Note(Error("clFinish", code, OpenClCodes.IsLostWaiting(code)));
    }

    private protected override void ReleaseAll()
    {
        foreach (var kernel in _kernels.Keys) ReleaseKernel(kernel);
        foreach (var queue in _queues)
            if (queue != 0) Released("clReleaseCommandQueue", OpenClNative.clReleaseCommandQueue(queue));
        ReleaseContext();
    }

    void ReleaseContext() => Released("clReleaseContext", OpenClNative.clReleaseContext(_context));
}
