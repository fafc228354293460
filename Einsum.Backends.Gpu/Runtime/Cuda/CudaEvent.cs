namespace EinsumNet.Backends.Gpu;

/// <summary>An event of a CUDA stream.</summary>
sealed class CudaEvent(CudaRuntime runtime, nint mark) : GpuEvent
{
    int _isDisposed;

    internal override void Wait()
    {
        using var current = runtime.Enter();
        runtime.Check("cuEventSynchronize", runtime.Driver.EventSynchronize(mark));
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) runtime.InContext(() => runtime.Released("cuEventDestroy", runtime.Driver.EventDestroy(mark)));
    }
}
