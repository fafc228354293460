namespace EinsumNet.Backends.Gpu;

/// <summary>A marker in an OpenCL queue.</summary>
sealed unsafe class OpenClEvent(OpenClRuntime runtime, nint mark) : GpuEvent
{
    int _isDisposed;

    internal override bool IsDone
    {
        get
        {
            int status = 0;
            runtime.Check("clGetEventInfo", OpenClNative.clGetEventInfo(mark, OpenClCodes.EventStatus, sizeof(int), &status, null));
            // A negative status is the code with which the work before the mark failed.
            if (status < 0) runtime.Check("the work before an event", status);
            return status == 0;
        }
    }

    internal override void Wait()
    {
        var handle = mark;
        runtime.Check("clWaitForEvents", OpenClNative.clWaitForEvents(1, &handle));
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _ = OpenClNative.clReleaseEvent(mark);
    }
}
