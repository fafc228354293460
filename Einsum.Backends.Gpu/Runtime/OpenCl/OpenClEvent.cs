namespace EinsumNet.Backends.Gpu;

/// <summary>A marker in an OpenCL queue.</summary>
sealed unsafe class OpenClEvent(OpenClRuntime runtime, nint mark) : GpuEvent
{
    int _isDisposed;

    internal nint Handle => mark;

    internal override void Wait()
    {
        var handle = mark;
        runtime.CheckWait("clWaitForEvents", OpenClNative.clWaitForEvents(1, &handle));
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) runtime.Released("clReleaseEvent", OpenClNative.clReleaseEvent(mark));
    }
}
