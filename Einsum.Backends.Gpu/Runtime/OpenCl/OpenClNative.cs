using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>The functions of OpenCL 1.2 that are used, as the ICD loader exports them; each gives its code.</summary>
static unsafe partial class OpenClNative
{
    /// <summary>Resolved by <see cref="NativeLibraries"/>.</summary>
    const string Library = NativeLibraries.OpenCl;

    [LibraryImport(Library)] internal static partial int clGetPlatformIDs(uint count, nint* platforms, uint* found);

    [LibraryImport(Library)] internal static partial int clGetPlatformInfo(nint platform, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)] internal static partial int clGetDeviceIDs(nint platform, ulong types, uint count, nint* devices, uint* found);

    [LibraryImport(Library)] internal static partial int clGetDeviceInfo(nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)] internal static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint state, int* code);

    [LibraryImport(Library)] internal static partial int clRetainContext(nint context);

    [LibraryImport(Library)] internal static partial int clReleaseContext(nint context);

    [LibraryImport(Library)] internal static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* code);

    [LibraryImport(Library)] internal static partial int clRetainCommandQueue(nint queue);

    [LibraryImport(Library)] internal static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(Library)] internal static partial int clGetCommandQueueInfo(nint queue, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)] internal static partial nint clCreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* code);

    [LibraryImport(Library)] internal static partial int clReleaseMemObject(nint memory);

    [LibraryImport(Library)]
    internal static partial int clEnqueueWriteBuffer(nint queue, nint memory, uint blocks, nuint offset, nuint bytes, nint host, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueReadBuffer(nint queue, nint memory, uint blocks, nuint offset, nuint bytes, nint host, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueCopyBuffer(
        nint queue, nint source, nint destination, nuint sourceOffset, nuint destinationOffset, nuint bytes, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)]
    internal static partial nint clEnqueueMapBuffer(
        nint queue, nint memory, uint blocks, ulong flags, nuint offset, nuint bytes, uint waits, nint* waitList, nint* done, int* code);

    [LibraryImport(Library)] internal static partial int clEnqueueUnmapMemObject(nint queue, nint memory, nint mapped, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)] internal static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* code);

    [LibraryImport(Library)]
    internal static partial nint clCreateProgramWithBinary(nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* states, int* code);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int clBuildProgram(nint program, uint count, nint* devices, string options, nint notify, nint state);

    [LibraryImport(Library)] internal static partial int clGetProgramBuildInfo(nint program, nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)] internal static partial int clGetProgramInfo(nint program, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)] internal static partial int clReleaseProgram(nint program);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint clCreateKernel(nint program, string name, int* code);

    [LibraryImport(Library)] internal static partial int clReleaseKernel(nint kernel);

    [LibraryImport(Library)] internal static partial int clSetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(Library)] internal static partial int clGetKernelWorkGroupInfo(nint kernel, nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library)]
    internal static partial int clEnqueueNDRangeKernel(
        nint queue, nint kernel, uint rank, nuint* offset, nuint* threads, nuint* group, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)] internal static partial int clEnqueueMarkerWithWaitList(nint queue, uint waits, nint* waitList, nint* done);

    [LibraryImport(Library)] internal static partial int clFlush(nint queue);

    [LibraryImport(Library)] internal static partial int clFinish(nint queue);

    [LibraryImport(Library)] internal static partial int clWaitForEvents(uint count, nint* events);

    [LibraryImport(Library)] internal static partial int clReleaseEvent(nint mark);
}
