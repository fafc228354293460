namespace EinsumNet.Backends.Gpu;

/// <summary>A function of a loaded module.</summary>
sealed class CudaKernel(CudaRuntime runtime, nint module, nint function, byte[] image) : LoadedKernel
{
    /// <summary>Dynamic shared memory that a kernel may have without being asked for.</summary>
    const int UsualShared = 48 << 10;

    readonly Lock _sharing = new();
    int _shared = UsualShared;
    int _isDisposed;

    ~CudaKernel() => Dispose();

    internal override byte[] Binary => image;

    internal override int MaxGroupSize => Attribute(CudaCodes.FunctionMaxThreads);

    internal override long LocalBytes => Attribute(CudaCodes.FunctionStaticShared);

    int Attribute(int attribute)
    {
        using var current = runtime.Enter();
        runtime.Check("cuFuncGetAttribute", runtime.Driver.FuncGetAttribute(out var value, attribute, function));
        return value;
    }

    /// <summary>The function, allowed so much dynamic shared memory.</summary>
    internal nint Prepare(int sharedBytes)
    {
        if (sharedBytes <= Volatile.Read(ref _shared)) return function;
        lock (_sharing)
        {
            if (sharedBytes <= _shared) return function;
            runtime.Check("cuFuncSetAttribute", runtime.Driver.FuncSetAttribute(function, CudaCodes.FunctionMaxDynamicShared, sharedBytes));
            Volatile.Write(ref _shared, sharedBytes);
        }
        return function;
    }

    public override void Dispose()
    {
        // The thread that collects is in no context.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) runtime.Abandon(module);
        GC.SuppressFinalize(this);
    }
}
