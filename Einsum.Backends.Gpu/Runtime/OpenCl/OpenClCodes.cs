namespace EinsumNet.Backends.Gpu;

/// <summary>OpenCL's codes by name, and the numbers of what is asked for (CL/cl.h, version 1.2).</summary>
static class OpenClCodes
{
    internal const int DeviceNotFound = -1, InvalidValue = -30, OutOfResources = -5, OutOfHostMemory = -6, MemoryAllocationFailure = -4, PlatformNotFound = -1001;

    internal const ulong AllDevices = 0xFFFFFFFF, ProcessorDevice = 1 << 1;
    internal const uint PlatformName = 0x0902, PlatformVersion = 0x0901;
    internal const uint DeviceType = 0x1000, MaxComputeUnits = 0x1002, MaxGroupSize = 0x1004, MaxItemSizes = 0x1005, MaxAllocation = 0x1010, GlobalMemory = 0x101F,
        LocalMemory = 0x1023, MaxParameterSize = 0x1017, CompilerAvailable = 0x1028, DeviceName = 0x102B, DriverVersion = 0x102D, DeviceVersion = 0x102F, DeviceExtensions = 0x1030, DoubleConfig = 0x1032,
        DeviceAvailable = 0x1027;
    internal const uint BuildLog = 0x1183, BinarySizes = 0x1165, Binaries = 0x1166;
    internal const uint KernelGroupSize = 0x11B0, KernelLocalMemory = 0x11B2;
    internal const uint QueueContext = 0x1090, QueueDevice = 0x1091;
    internal const ulong ReadWrite = 1, AllocateHostPointer = 1 << 4, MapRead = 1, MapWrite = 2;

    /// <summary>Whether everything that follows on the context fails too; -9999 is NVIDIA's for a kernel that read or wrote where nothing is.</summary>
    internal static bool IsLost(int code) => code is -2 or -34 or -36 or -9999;

    /// <summary>
    /// The same of a call that waits for work: a kernel's fault shows there as a failed event, or, NVIDIA's way, as resources that ran out, which elsewhere only says that one call asked for too much.
    /// </summary>
    internal static bool IsLostWaiting(int code) => IsLost(code) || code is -14 or OutOfResources;

    /// <summary>
    /// The same of a call that enqueues or allocates: it may be the first to say that a kernel before it faulted, with a code that may also mean that it asked for too much itself. A wait for that
    /// work tells which.
    /// </summary>
    /// <param name="code">The call's code.</param>
    /// <param name="wait">Waits for all that was enqueued, and gives the code.</param>
    internal static bool IsLostEnqueuing(int code, Func<int> wait) => IsLost(code) || IsLostWaiting(code) && IsLostWaiting(wait());

    internal static string WhyNoDevices(string platform, int code) => $"the devices of {platform} are left out: clGetDeviceIDs gives {Name(code)} ({code})";

    internal static string Name(int code) => code switch
    {
        -1 => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        -4 => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        -5 => "CL_OUT_OF_RESOURCES",
        -6 => "CL_OUT_OF_HOST_MEMORY",
        -11 => "CL_BUILD_PROGRAM_FAILURE",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -30 => "CL_INVALID_VALUE",
        -33 => "CL_INVALID_DEVICE",
        -34 => "CL_INVALID_CONTEXT",
        -36 => "CL_INVALID_COMMAND_QUEUE",
        -38 => "CL_INVALID_MEM_OBJECT",
        -42 => "CL_INVALID_BINARY",
        -43 => "CL_INVALID_BUILD_OPTIONS",
        -45 => "CL_INVALID_PROGRAM_EXECUTABLE",
        -46 => "CL_INVALID_KERNEL_NAME",
        -48 => "CL_INVALID_KERNEL",
        -49 => "CL_INVALID_ARG_INDEX",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -54 => "CL_INVALID_WORK_GROUP_SIZE",
        -55 => "CL_INVALID_WORK_ITEM_SIZE",
        -58 => "CL_INVALID_EVENT",
        -61 => "CL_INVALID_BUFFER_SIZE",
        -63 => "CL_INVALID_GLOBAL_WORK_SIZE",
        -1001 => "CL_PLATFORM_NOT_FOUND_KHR",
        _ => "an OpenCL error",
    };
}
