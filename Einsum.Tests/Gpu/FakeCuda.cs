using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// A driver of CUDA that keeps the rules of the real one: a call needs a current context, memory comes from a limited amount, an image is what the compiler, its
/// other half, made. A launch does what the test says.
/// </summary>
sealed unsafe partial class FakeCuda : ICudaDriver
{
    internal const nint Context = 0xC0;
    const int InvalidValue = 1, NotCurrent = 201, NotFound = 500, NoImage = 200;

    [ThreadStatic] static Stack<nint>? s_current;

    readonly Lock _lock = new();
    readonly Dictionary<nint, nuint> _memory = [];
    readonly Dictionary<nint, string> _handles = [];
    nint _next = 1;

    /// <summary>The codes that calls by name give instead of doing anything.</summary>
    internal Dictionary<string, int> Failures { get; } = [];

    /// <summary>All calls by name, in order; threads that finish copies call, too, while a test clears or reads them.</summary>
    internal ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>How many bytes were copied to the device.</summary>
    internal long BytesUploaded { get; private set; }

    internal (int Major, int Minor) Sm { get; init; } = (8, 0);

    internal string Name { get; init; } = "Test GPU";

    internal int DriverVersion { get; init; } = 12040;

    internal nuint Memory { get; init; } = 1 << 30;

    /// <summary>What a launch does: the values of the pointers and numbers that the kernel was given.</summary>
    internal Action<long[], (uint Groups, uint Threads, uint Shared)>? OnLaunch { get; set; }

    /// <summary>What happens before any call, outside the driver's lock.</summary>
    internal Action<string>? BeforeCall { get; set; }

    /// <summary>What happens before an event is given back.</summary>
    internal Action? BeforeEventDestroy { get; set; }

    /// <summary>How many threads of a group the registers of every kernel allow.</summary>
    internal int KernelThreads { get; init; } = 1024;

    /// <summary>Bytes of local memory that every kernel declares.</summary>
    internal int KernelLocalBytes { get; init; }

    /// <summary>How many parameters the test's kernels take.</summary>
    internal int Parameters { get; init; } = 4;

    /// <summary>Bytes of device memory, host memory, modules, events, streams and contexts that were not given back.</summary>
    internal int Alive
    {
        get
        {
            lock (_lock) return _memory.Count + _handles.Count;
        }
    }

    internal CudaDevice Device => CudaDevice.Find(this, this).Devices[0];

    int Call(string name, Func<int> action, bool needsContext = true)
    {
        BeforeCall?.Invoke(name);
        lock (_lock)
        {
            Calls.Enqueue(name);
            if (Failures.TryGetValue(name, out var code)) return code;
            return needsContext && (s_current is null || !s_current.Contains(Context)) ? NotCurrent : action();
        }
    }

    int New(string name, string what, out nint handle, bool needsContext = true)
    {
        nint made = 0;
        var code = Call(name, () =>
        {
            made = _next++;
            _handles[made] = what;
            return 0;
        }, needsContext);
        handle = made;
        return code;
    }

    int Drop(string name, nint handle, bool needsContext = true) => Call(name, () => _handles.Remove(handle) ? 0 : InvalidValue, needsContext);

    int Allocate(string name, nuint bytes, out nint memory)
    {
        nint made = 0;
        var code = Call(name, () =>
        {
            if (bytes == 0) return InvalidValue;
            if (_memory.Values.Aggregate((nuint)0, (sum, each) => sum + each) + bytes > Memory) return 2;
            made = (nint)NativeMemory.AllocZeroed(bytes);
            _memory[made] = bytes;
            return 0;
        });
        memory = made;
        return code;
    }

    int Free(string name, nint memory) => Call(name, () =>
    {
        // As the real one does, it waits for all that may use the memory.
        FinishAll();
        if (!_memory.Remove(memory)) return InvalidValue;
        NativeMemory.Free((void*)memory);
        return 0;
    });

    int Move(string name, nint stream, nint destination, nint source, nuint bytes, params nint[] onDevice) => Call(name, () =>
    {
        foreach (var address in onDevice)
            if (!_memory.Any(block => address >= block.Key && address + (nint)bytes <= block.Key + (nint)block.Value)) return InvalidValue;
        if (name == "cuMemcpyHtoDAsync") BytesUploaded += (long)bytes;
        return Enqueue(stream, () => Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes));
    });

    public int Init(uint flags) => Call("cuInit", () => 0, needsContext: false);

    public int DriverGetVersion(out int version)
    {
        version = DriverVersion;
        return 0;
    }

    internal int Devices { get; init; } = 1;

    /// <summary>The device that does not answer.</summary>
    internal int Broken { get; init; } = -1;

    public int DeviceGetCount(out int count)
    {
        count = Devices;
        return Call("cuDeviceGetCount", () => 0, needsContext: false);
    }

    public int DeviceGet(out int device, int ordinal)
    {
        device = ordinal;
        return ordinal < Devices ? 0 : 101;
    }

    public int DeviceGetName(byte* name, int length, int device)
    {
        System.Text.Encoding.UTF8.GetBytes($"{Name}\0").CopyTo(new Span<byte>(name, length));
        return device == Broken ? 999 : 0;
    }

    public int DeviceTotalMem(out nuint bytes, int device)
    {
        bytes = Memory;
        return 0;
    }

    public int DeviceGetAttribute(out int value, int attribute, int device)
    {
        value = attribute switch { 1 or 2 or 3 => 1024, 4 => 64, 6 => 65535, 8 => 49152, 10 => 32, 16 => 108, 75 => Sm.Major, 76 => Sm.Minor, 97 => 166912, _ => 0 };
        return 0;
    }

    public int DevicePrimaryCtxRetain(out nint context, int device)
    {
        context = Context;
        return Call("cuDevicePrimaryCtxRetain", () =>
        {
            _handles[Context] = "context";
            return 0;
        }, needsContext: false);
    }

    public int DevicePrimaryCtxRelease(int device) => Call("cuDevicePrimaryCtxRelease", () =>
    {
        FinishAll();
        // The memory and the modules of a context end with it.
        foreach (var memory in _memory.Keys) NativeMemory.Free((void*)memory);
        _memory.Clear();
        _handles.Clear();
        return 0;
    }, needsContext: false);

    public int CtxPushCurrent(nint context)
    {
        if (Failures.TryGetValue("cuCtxPushCurrent", out var code)) return code;
        (s_current ??= []).Push(context);
        return 0;
    }

    public int CtxPopCurrent(out nint context)
    {
        context = s_current!.Pop();
        return Failures.GetValueOrDefault("cuCtxPopCurrent");
    }

    public int CtxGetDevice(out int device)
    {
        device = 0;
        return s_current is { Count: > 0 } ? 0 : NotCurrent;
    }

    public int StreamCreate(out nint stream, uint flags) => New("cuStreamCreate", "stream", out stream);

    public int StreamDestroy(nint stream) => Drop("cuStreamDestroy", stream);

    public int StreamSynchronize(nint stream) => Call("cuStreamSynchronize", () => Finish(stream));

    public int StreamWaitEvent(nint stream, nint mark, uint flags) => Call("cuStreamWaitEvent", () => WaitFor(stream, mark));

    public int MemAlloc(out nint memory, nuint bytes) => Allocate("cuMemAlloc", bytes, out memory);

    public int MemFree(nint memory) => Free("cuMemFree", memory);

    public int MemHostAlloc(out nint memory, nuint bytes, uint flags) => Allocate("cuMemHostAlloc", bytes, out memory);

    public int MemFreeHost(nint memory) => Free("cuMemFreeHost", memory);

    public int MemcpyHtoDAsync(nint destination, nint source, nuint bytes, nint stream) => Move("cuMemcpyHtoDAsync", stream, destination, source, bytes, destination);

    public int MemcpyDtoHAsync(nint destination, nint source, nuint bytes, nint stream) => Move("cuMemcpyDtoHAsync", stream, destination, source, bytes, source);

    public int MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream) => Move("cuMemcpyDtoDAsync", stream, destination, source, bytes, destination, source);

    public int ModuleLoadData(out nint module, byte* image)
    {
        nint made = 0;
        var text = Marshal.PtrToStringUTF8((nint)image)!;
        var code = Call("cuModuleLoadData", () =>
        {
            if (!text.StartsWith("image of ")) return NoImage;
            made = _next++;
            _handles[made] = text;
            return 0;
        });
        module = made;
        return code;
    }

    public int ModuleUnload(nint module) => Drop("cuModuleUnload", module);

    public int ModuleGetFunction(out nint function, nint module, string name)
    {
        function = module + 1000;
        return Call("cuModuleGetFunction", () => _handles[module].Contains(name) ? 0 : NotFound);
    }

    public int FuncSetAttribute(nint function, int attribute, int value) => Call($"cuFuncSetAttribute {attribute} {value}", () => 0);

    public int FuncGetAttribute(out int value, int attribute, nint function)
    {
        value = attribute switch { 0 => KernelThreads, 1 => KernelLocalBytes, _ => 0 };
        return Call("cuFuncGetAttribute", () => 0);
    }

    public int LaunchKernel(
        nint function, uint groupsX, uint groupsY, uint groupsZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes, nint stream, void** arguments)
    {
        var values = new long[Parameters];
        for (var i = 0; i < values.Length; i++) values[i] = *(long*)arguments[i];
        return Call("cuLaunchKernel", () => Enqueue(stream, () => OnLaunch?.Invoke(values, (groupsX * groupsY * groupsZ, groupX * groupY * groupZ, sharedBytes))));
    }

    public int EventCreate(out nint mark, uint flags) => New("cuEventCreate", "event", out mark);

    public int EventRecord(nint mark, nint stream) => Call("cuEventRecord", () => Record(mark, stream));

    public int EventSynchronize(nint mark) => Call("cuEventSynchronize", () => Reach(mark));

    public int EventDestroy(nint mark)
    {
        BeforeEventDestroy?.Invoke();
        return Drop("cuEventDestroy", mark);
    }

    string ICudaDriver.NameOf(int code) => code switch { 1 => "CUDA_ERROR_INVALID_VALUE", 2 => "CUDA_ERROR_OUT_OF_MEMORY", 201 => "CUDA_ERROR_INVALID_CONTEXT", 719 => "CUDA_ERROR_LAUNCH_FAILED", _ => $"CUDA_ERROR_{code}" };
}
