namespace EinsumNet.Backends.Gpu;

/// <summary>An event of a CUDA stream.</summary>
sealed class CudaEvent(CudaRuntime runtime, nint mark) : GpuEvent
{
    int _isDisposed;

    internal override bool IsDone
    {
        get
        {
            using var current = runtime.Enter();
            var code = runtime.Driver.EventQuery(mark);
            if (code == CudaCodes.NotReady) return false;
            runtime.Check("cuEventQuery", code);
            return true;
        }
    }

    internal override void Wait()
    {
        using var current = runtime.Enter();
        runtime.Check("cuEventSynchronize", runtime.Driver.EventSynchronize(mark));
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0 || runtime.IsLost) return;
        using var current = runtime.Enter();
        _ = runtime.Driver.EventDestroy(mark);
    }
}
