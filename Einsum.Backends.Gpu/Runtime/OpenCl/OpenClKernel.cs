namespace EinsumNet.Backends.Gpu;

/// <summary>A kernel of a built program. Its arguments are state of the kernel, so launches take turns.</summary>
sealed unsafe class OpenClKernel(OpenClRuntime runtime, nint device, nint program, nint kernel) : LoadedKernel
{
    readonly Lock _arguments = new();
    int _isDisposed;

    ~OpenClKernel() => Dispose();

    internal override byte[] Binary
    {
        get
        {
            nuint size = 0;
            runtime.Check("clGetProgramInfo", OpenClNative.clGetProgramInfo(program, OpenClCodes.BinarySizes, (nuint)sizeof(nuint), &size, null));
            var binary = new byte[size];
            fixed (byte* first = binary)
            {
                var start = first;
                runtime.Check("clGetProgramInfo", OpenClNative.clGetProgramInfo(program, OpenClCodes.Binaries, (nuint)sizeof(byte*), &start, null));
            }
            return binary;
        }
    }

    internal override int MaxGroupSize
    {
        get
        {
            nuint size = 0;
            runtime.Check("clGetKernelWorkGroupInfo", OpenClNative.clGetKernelWorkGroupInfo(kernel, device, OpenClCodes.KernelGroupSize, (nuint)sizeof(nuint), &size, null));
            return (int)size;
        }
    }

    internal override long LocalBytes
    {
        get
        {
            ulong size = 0;
            runtime.Check("clGetKernelWorkGroupInfo", OpenClNative.clGetKernelWorkGroupInfo(kernel, device, OpenClCodes.KernelLocalMemory, sizeof(ulong), &size, null));
            return (long)size;
        }
    }

    internal void Launch(nint queue, in Launch launch, ReadOnlySpan<KernelBuffer> buffers, ReadOnlySpan<long> arguments)
    {
        var group = stackalloc nuint[3] { (nuint)launch.GroupX, (nuint)launch.GroupY, (nuint)launch.GroupZ };
        var threads = stackalloc nuint[3] { group[0] * (nuint)launch.GroupsX, group[1] * (nuint)launch.GroupsY, group[2] * (nuint)launch.GroupsZ };
        lock (_arguments)
        {
            uint index = 0;
            foreach (var buffer in buffers)
            {
                var (memory, offset) = (buffer.Memory, buffer.Offset);
                Set(index++, (nuint)sizeof(nint), &memory);
                Set(index++, sizeof(long), &offset);
            }
            foreach (var argument in arguments)
            {
                var value = argument;
                Set(index++, sizeof(long), &value);
            }
            runtime.CheckEnqueue("clEnqueueNDRangeKernel", OpenClNative.clEnqueueNDRangeKernel(queue, kernel, 3, null, threads, group, 0, null, null));
        }
        // Its finalizer releases the kernel.
        GC.KeepAlive(this);
    }

    void Set(uint index, nuint size, void* value) => runtime.Check("clSetKernelArg", OpenClNative.clSetKernelArg(kernel, index, size, value));

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) runtime.ReleaseKernel(kernel);
        GC.SuppressFinalize(this);
    }
}
