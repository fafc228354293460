using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>The driver itself: libcuda.so.1 or nvcuda.dll.</summary>
sealed unsafe partial class CudaLibrary : ICudaDriver
{
    const string Library = NativeLibraries.Cuda;

    int ICudaDriver.Init(uint flags) => cuInit(flags);

    int ICudaDriver.DriverGetVersion(out int version) => cuDriverGetVersion(out version);

    int ICudaDriver.DeviceGetCount(out int count) => cuDeviceGetCount(out count);

    int ICudaDriver.DeviceGet(out int device, int ordinal) => cuDeviceGet(out device, ordinal);

    int ICudaDriver.DeviceGetName(byte* name, int length, int device) => cuDeviceGetName(name, length, device);

    int ICudaDriver.DeviceTotalMem(out nuint bytes, int device) => cuDeviceTotalMem_v2(out bytes, device);

    int ICudaDriver.DeviceGetAttribute(out int value, int attribute, int device) => cuDeviceGetAttribute(out value, attribute, device);

    int ICudaDriver.DevicePrimaryCtxRetain(out nint context, int device) => cuDevicePrimaryCtxRetain(out context, device);

    int ICudaDriver.DevicePrimaryCtxRelease(int device) => cuDevicePrimaryCtxRelease_v2(device);

    int ICudaDriver.CtxPushCurrent(nint context) => cuCtxPushCurrent_v2(context);

    int ICudaDriver.CtxPopCurrent(out nint context) => cuCtxPopCurrent_v2(out context);

    int ICudaDriver.CtxGetDevice(out int device) => cuCtxGetDevice(out device);

    int ICudaDriver.StreamCreate(out nint stream, uint flags) => cuStreamCreate(out stream, flags);

    int ICudaDriver.StreamDestroy(nint stream) => cuStreamDestroy_v2(stream);

    int ICudaDriver.StreamSynchronize(nint stream) => cuStreamSynchronize(stream);

    int ICudaDriver.StreamWaitEvent(nint stream, nint mark, uint flags) => cuStreamWaitEvent(stream, mark, flags);

    int ICudaDriver.MemAlloc(out nint memory, nuint bytes) => cuMemAlloc_v2(out memory, bytes);

    int ICudaDriver.MemFree(nint memory) => cuMemFree_v2(memory);

    int ICudaDriver.MemHostAlloc(out nint memory, nuint bytes, uint flags) => cuMemHostAlloc(out memory, bytes, flags);

    int ICudaDriver.MemFreeHost(nint memory) => cuMemFreeHost(memory);

    int ICudaDriver.MemcpyHtoDAsync(nint destination, nint source, nuint bytes, nint stream) => cuMemcpyHtoDAsync_v2(destination, source, bytes, stream);

    int ICudaDriver.MemcpyDtoHAsync(nint destination, nint source, nuint bytes, nint stream) => cuMemcpyDtoHAsync_v2(destination, source, bytes, stream);

    int ICudaDriver.MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream) => cuMemcpyDtoDAsync_v2(destination, source, bytes, stream);

    int ICudaDriver.ModuleLoadData(out nint module, byte* image) => cuModuleLoadData(out module, image);

    int ICudaDriver.ModuleUnload(nint module) => cuModuleUnload(module);

    int ICudaDriver.ModuleGetFunction(out nint function, nint module, string name) => cuModuleGetFunction(out function, module, name);

    int ICudaDriver.FuncSetAttribute(nint function, int attribute, int value) => cuFuncSetAttribute(function, attribute, value);

    int ICudaDriver.FuncGetAttribute(out int value, int attribute, nint function) => cuFuncGetAttribute(out value, attribute, function);

    int ICudaDriver.LaunchKernel(
        nint function, uint groupsX, uint groupsY, uint groupsZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes, nint stream, void** arguments) =>
        cuLaunchKernel(function, groupsX, groupsY, groupsZ, groupX, groupY, groupZ, sharedBytes, stream, arguments, null);

    int ICudaDriver.EventCreate(out nint mark, uint flags) => cuEventCreate(out mark, flags);

    int ICudaDriver.EventRecord(nint mark, nint stream) => cuEventRecord(mark, stream);

    int ICudaDriver.EventSynchronize(nint mark) => cuEventSynchronize(mark);

    int ICudaDriver.EventDestroy(nint mark) => cuEventDestroy_v2(mark);

    string ICudaDriver.NameOf(int code) => cuGetErrorName(code, out var name) == 0 ? Marshal.PtrToStringUTF8(name) ?? "a CUDA error" : "a CUDA error";

    [LibraryImport(Library)] private static partial int cuInit(uint flags);

    [LibraryImport(Library)] private static partial int cuDriverGetVersion(out int version);

    [LibraryImport(Library)] private static partial int cuDeviceGetCount(out int count);

    [LibraryImport(Library)] private static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)] private static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)] private static partial int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)] private static partial int cuDeviceGetAttribute(out int value, int attribute, int device);

    [LibraryImport(Library)] private static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)] private static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)] private static partial int cuCtxPushCurrent_v2(nint context);

    [LibraryImport(Library)] private static partial int cuCtxPopCurrent_v2(out nint context);

    [LibraryImport(Library)] private static partial int cuCtxGetDevice(out int device);

    [LibraryImport(Library)] private static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)] private static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)] private static partial int cuStreamSynchronize(nint stream);

    [LibraryImport(Library)] private static partial int cuStreamWaitEvent(nint stream, nint mark, uint flags);

    [LibraryImport(Library)] private static partial int cuMemAlloc_v2(out nint memory, nuint bytes);

    [LibraryImport(Library)] private static partial int cuMemFree_v2(nint memory);

    [LibraryImport(Library)] private static partial int cuMemHostAlloc(out nint memory, nuint bytes, uint flags);

    [LibraryImport(Library)] private static partial int cuMemFreeHost(nint memory);

    [LibraryImport(Library)] private static partial int cuMemcpyHtoDAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)] private static partial int cuMemcpyDtoHAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)] private static partial int cuMemcpyDtoDAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)] private static partial int cuModuleLoadData(out nint module, byte* image);

    [LibraryImport(Library)] private static partial int cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(Library)] private static partial int cuFuncSetAttribute(nint function, int attribute, int value);

    [LibraryImport(Library)] private static partial int cuFuncGetAttribute(out int value, int attribute, nint function);

    [LibraryImport(Library)]
    private static partial int cuLaunchKernel(
        nint function, uint groupsX, uint groupsY, uint groupsZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes, nint stream, void** arguments, void** extra);

    [LibraryImport(Library)] private static partial int cuEventCreate(out nint mark, uint flags);

    [LibraryImport(Library)] private static partial int cuEventRecord(nint mark, nint stream);

    [LibraryImport(Library)] private static partial int cuEventSynchronize(nint mark);

    [LibraryImport(Library)] private static partial int cuEventDestroy_v2(nint mark);

    [LibraryImport(Library)] private static partial int cuGetErrorName(int code, out nint name);
}
