namespace EinsumNet.Backends.Gpu;

/// <summary>The functions of the CUDA driver API that are used, by their names without <c>cu</c>; each gives its code, 0 for success.</summary>
unsafe interface ICudaDriver
{
    int Init(uint flags);

    int DriverGetVersion(out int version);

    int DeviceGetCount(out int count);

    int DeviceGet(out int device, int ordinal);

    int DeviceGetName(byte* name, int length, int device);

    int DeviceTotalMem(out nuint bytes, int device);

    int DeviceGetAttribute(out int value, int attribute, int device);

    int DevicePrimaryCtxRetain(out nint context, int device);

    int DevicePrimaryCtxRelease(int device);

    int CtxPushCurrent(nint context);

    int CtxPopCurrent(out nint context);

    int CtxGetDevice(out int device);

    int StreamCreate(out nint stream, uint flags);

    int StreamDestroy(nint stream);

    int StreamSynchronize(nint stream);

    int StreamWaitEvent(nint stream, nint mark, uint flags);

    int MemAlloc(out nint memory, nuint bytes);

    int MemFree(nint memory);

    int MemHostAlloc(out nint memory, nuint bytes, uint flags);

    int MemFreeHost(nint memory);

    int MemcpyHtoDAsync(nint destination, nint source, nuint bytes, nint stream);

    int MemcpyDtoHAsync(nint destination, nint source, nuint bytes, nint stream);

    int MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream);

    int ModuleLoadData(out nint module, byte* image);

    int ModuleUnload(nint module);

    int ModuleGetFunction(out nint function, nint module, string name);

    int FuncSetAttribute(nint function, int attribute, int value);

    int FuncGetAttribute(out int value, int attribute, nint function);

    int LaunchKernel(nint function, uint groupsX, uint groupsY, uint groupsZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes, nint stream, void** arguments);

    int EventCreate(out nint mark, uint flags);

    int EventRecord(nint mark, nint stream);

    int EventSynchronize(nint mark);

    int EventDestroy(nint mark);

    /// <summary>The name of a code, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</summary>
    string NameOf(int code);
}
