namespace EinsumNet.Backends.Gpu;

/// <summary>The device behind another library's queue.</summary>
static unsafe class OpenClAdoption
{
    const uint QueueProperties = 0x1093, DevicePlatform = 0x1031;
    const ulong OutOfOrder = 1;

    internal static GpuDevice Device(nint context, nint queue)
    {
        if (NativeLibraries.WhyMissing(NativeLibraries.OpenCl) is { } why) throw GpuErrors.Foreign(why);
        if (context == 0 || queue == 0) throw GpuErrors.Foreign("the context or the queue is null");
        nint device, owner, platform;
        ulong properties;
        Check("clGetCommandQueueInfo", OpenClNative.clGetCommandQueueInfo(queue, OpenClCodes.QueueDevice, (nuint)sizeof(nint), &device, null));
        Check("clGetCommandQueueInfo", OpenClNative.clGetCommandQueueInfo(queue, OpenClCodes.QueueContext, (nuint)sizeof(nint), &owner, null));
        Check("clGetCommandQueueInfo", OpenClNative.clGetCommandQueueInfo(queue, QueueProperties, sizeof(ulong), &properties, null));
        if (owner != context) throw GpuErrors.Foreign("the queue belongs to another context");
        if ((properties & OutOfOrder) != 0) throw GpuErrors.Foreign("the queue is out of order, and calls follow each other by the queue's order");
        Check("clGetDeviceInfo", OpenClNative.clGetDeviceInfo(device, DevicePlatform, (nuint)sizeof(nint), &platform, null));
        var found = OpenClDevice.Read(platform, device);
        return new GpuDevice("OpenCL", found.Limits, () => new OpenClRuntime(found, context, queue));
    }

    static void Check(string call, int code)
    {
        if (code != 0) throw GpuErrors.Foreign($"{call} gives {OpenClCodes.Name(code)} ({code})");
    }
}
