using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Another library's OpenCL context, queue and buffers.</summary>
sealed unsafe class AdoptionTests
{
    [Test]
    public void A_foreign_queue_and_buffer_are_used_and_left_alone()
    {
        var (device, context, queue) = Open(properties: 0);
        try
        {
            int code;
            float[] values = [1, 2, 3, 4, 5, 6];
            nint memory;
            // 1 << 5 copies the host's memory.
            fixed (float* first = values) memory = OpenClNative.clCreateBuffer(context, 1 | 1 << 5, 24, first, &code);
            Assert.That(code, Is.Zero);
            var released = 0;
            using (var backend = new GpuBackend(ForeignContext.OpenCl(context, queue)))
            using (var tensor = backend.Adopt<float>(memory, [2, 2], byteOffset: 8, () => released++))
            {
                var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
                Assert.That(engine.Eval<float>("ij->ji", tensor).ToArray(), Is.EqualTo(new float[] { 3, 5, 4, 6 }));
                Assert.That(tensor.NativeHandle, Is.EqualTo(memory));
                Assert.That(backend.Device.Name, Is.EqualTo(device.Limits.Name));
            }
            Assert.That(released, Is.EqualTo(1));
            Assert.That(OpenClNative.clFinish(queue), Is.Zero);
            Assert.That(OpenClNative.clReleaseMemObject(memory), Is.Zero);
        }
        finally
        {
            Close(context, queue);
        }
    }

    [Test]
    public void Everything_is_given_back_by_the_disposal_kernels_too()
    {
        var (_, context, queue) = Open(properties: 0);
        try
        {
            var before = References(context);
            var backend = new GpuBackend(ForeignContext.OpenCl(context, queue), new GpuOptions { CacheDirectory = "" });
            var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
            foreach (var equation in (string[])["ij->ji", "ij->i", "ij,ij->"])
                _ = engine.Eval<float>(equation, [.. Enumerable.Repeat<Operand<float>>(new float[3, 4], equation.Count(c => c == ',') + 1)]);
            backend.Dispose();
            Assert.That(References(context), Is.EqualTo(before));
            // Which still hold their kernels, that nobody can run any more.
            GC.KeepAlive(engine);
        }
        finally
        {
            Close(context, queue);
        }
    }

    /// <summary>How many hold the context, as programs do.</summary>
    static uint References(nint context)
    {
        const uint referenceCount = 0x1080;
        if (!NativeLibrary.TryLoad("libOpenCL.so.1", out var library)) LeftOut.Because("The count is asked for by the loader's name on Linux.");
        uint count;
        Assert.That(((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, "clGetContextInfo"))(context, referenceCount, sizeof(uint), &count, null), Is.Zero);
        return count;
    }

    [Test]
    public void A_queue_out_of_order_is_refused()
    {
        var (_, context, queue) = Open(properties: 1);
        try
        {
            var error = Assert.Throws<EinsumException>(() => _ = new GpuBackend(ForeignContext.OpenCl(context, queue)))!;
            Assert.That(error.Message, Does.StartWith("EIN0709").And.Contain("out of order"));
        }
        finally
        {
            Close(context, queue);
        }
    }

    static (OpenClDevice Device, nint Context, nint Queue) Open(ulong properties)
    {
        TestDevices.RequireOpenCl();
        var device = OpenClDevice.Find().Devices[0];
        int code;
        var handle = device.Handle;
        var context = OpenClNative.clCreateContext(null, 1, &handle, 0, 0, &code);
        Assert.That(code, Is.Zero);
        var queue = OpenClNative.clCreateCommandQueue(context, handle, properties, &code);
        Assert.That(code, Is.Zero);
        return (device, context, queue);
    }

    static void Close(nint context, nint queue)
    {
        _ = OpenClNative.clReleaseCommandQueue(queue);
        _ = OpenClNative.clReleaseContext(context);
    }
}
