namespace EinsumNet.Backends.Gpu;

/// <summary>A marker in an OpenCL queue.</summary>
sealed unsafe class OpenClEvent(string device, nint mark) : GpuEvent
{
    int _isDisposed;

    internal override bool IsDone
    {
        get
        {
            int status = 0;
            var code = OpenClNative.clGetEventInfo(mark, OpenClCodes.EventStatus, sizeof(int), &status, null);
            if (code != 0) throw OpenClCodes.Error(device, "clGetEventInfo", code);
            // A negative status is the code with which the work before the mark failed.
            return status >= 0 ? status == 0 : throw OpenClCodes.Error(device, "the work before an event", status);
        }
    }

    internal override void Wait()
    {
        var handle = mark;
        var code = OpenClNative.clWaitForEvents(1, &handle);
        if (code != 0) throw OpenClCodes.Error(device, "clWaitForEvents", code);
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _ = OpenClNative.clReleaseEvent(mark);
    }
}
