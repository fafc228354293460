using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A dense row-major tensor in a GPU's memory: <c>using var a = backend.ToDevice&lt;float&gt;(array)</c>. An operand and a destination of calls on the same backend,
/// which follow each other in the order in which they were made. Thread-safe.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class DeviceTensor<T> : ResidentTensor<T> where T : unmanaged
{
    readonly GpuBackend _backend;
    readonly DeviceStorage _storage;
    readonly DeviceBlock? _block;
    readonly Action? _release;
    readonly nint _address;
    int _isDisposed;

    internal DeviceTensor(GpuBackend backend, Shape shape, DeviceStorage storage, DeviceBlock? block, Action? release) : base(shape)
    {
        (_backend, _storage, _block, _release) = (backend, storage, block, release);
        _address = DeviceAddresses.Add(storage);
    }

    /// <summary>Gives the memory back to the pool, whatever else has been disposed before.</summary>
    ~DeviceTensor()
    {
        try
        {
            Release();
        }
        catch (Exception)
        {
            // An exception here would end the process, over memory that nobody uses any more.
        }
    }

    /// <inheritdoc/>
    public override EinsumBackend Backend => _backend;

    /// <summary>The driver's own handle of the memory: a cl_mem, or a CUdeviceptr.</summary>
    public nint NativeHandle => _storage.Memory;

    /// <summary>Where in it the first element lies, in bytes; on OpenCL the results of a list share memory.</summary>
    public long NativeOffset => _storage.Offset;

    internal override nint Address => Volatile.Read(ref _isDisposed) == 0 ? _address : throw GpuErrors.Resident("it is disposed");

    /// <inheritdoc/>
    public override Tensor<T> ToHost()
    {
        var (result, array) = NewHost();
        using var lease = _backend.Session.Enter();
        _ = Address;
        if (array.Length > 0) _backend.Session.Staging.Read(_storage.Memory, _storage.Offset, Marshal.UnsafeAddrOfPinnedArrayElement(array, 0), _storage.Bytes);
        GC.KeepAlive(this);
        return result;
    }

    /// <inheritdoc/>
    public override async Task<Tensor<T>> ToHostAsync()
    {
        var (result, array) = NewHost();
        await ReadLater(array).ConfigureAwait(false);
        return result;
    }

    /// <summary>Copies an operand of exactly this shape, from the host or the same device; it may change once this returns.</summary>
    /// <exception cref="EinsumException">The shapes differ, or a tensor is disposed or another backend's (EIN0706).</exception>
    public unsafe void CopyFrom(Operand<T> source)
    {
        if (source.Shape != Shape) throw GpuErrors.Resident($"its shape is {Shape}, and what is copied to it has {source.Shape}");
        if (_storage.Bytes == 0) return;
        using var lease = _backend.Session.Enter();
        _ = Address;
        if (source.IsResident)
        {
            fixed (T* start = &source.Start) CopyOnDevice((nint)start);
            source.KeepAlive();
            GC.KeepAlive(this);
            return;
        }
        var dense = HostCopy.DenseOrNull(source);
        ref readonly var first = ref source.First;
        if (dense is not null) first = ref dense[0];
        fixed (T* start = &first) _backend.Session.Staging.Write(_storage.Memory, _storage.Offset, (nint)start, _storage.Bytes);
        GC.KeepAlive(this);
    }

    internal override void CopyFrom(ResidentTensor<T> source)
    {
        using var lease = _backend.Session.Enter();
        CopyOnDevice(source.Address);
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    void CopyOnDevice(nint address)
    {
        var (storage, offset) = DeviceAddresses.Find(address);
        if (storage is null || storage.Session != _backend.Session) throw GpuErrors.Resident(storage is null ? "it is disposed" : "it lives on another backend");
        // A copy onto itself is an error to OpenCL.
        if (_storage.Bytes > 0 && (storage.Memory, storage.Offset + offset) != (_storage.Memory, _storage.Offset)) _backend.Session.Runtime.Copy(storage.Memory, storage.Offset + offset, _storage.Memory, _storage.Offset, _storage.Bytes);
    }

    (Tensor<T>, T[]) NewHost()
    {
        var count = Shape.ElementCount!.Value;
        if (count > Array.MaxLength) throw GpuErrors.Resident($"its shape is {Shape}, more elements than an array of the host holds");
        var array = GC.AllocateUninitializedArray<T>((int)count, pinned: true);
        return (Tensor.Create(array, [.. Shape.Rank == 0 ? [1] : Shape.Select(size => (nint)size)]), array);
    }

    Task ReadLater(T[] pinned)
    {
        using var lease = _backend.Session.Enter();
        _ = Address;
        if (pinned.Length == 0) return Task.CompletedTask;
        var (mark, finish) = _backend.Session.Staging.ReadLater(_storage.Memory, _storage.Offset, Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0), _storage.Bytes);
        GC.KeepAlive(this);
        return _backend.Session.Completion(mark, finish);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    void Release()
    {
        // A constructor that threw leaves nothing to give back.
        if (_storage is null || Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        if (_address != 0) DeviceAddresses.Remove(_address);
        if (_block is not null) _storage.Session.Pool.Return(_block);
        _release?.Invoke();
    }

    /// <summary><c>float[2, 3] on NVIDIA H200</c></summary>
    public override string ToString() => $"{ElementTypes.NameOf(typeof(T))}{Shape} on {_backend.Device.Name}";
}
