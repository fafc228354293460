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
