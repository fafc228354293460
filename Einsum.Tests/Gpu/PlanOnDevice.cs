using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>A plan's kernels on a device, run as if they were a kernel of the CPU, so that the same checks serve both.</summary>
sealed unsafe class PlanOnDevice(KernelPlan plan, GpuRuntime runtime, EmitOptions? options = null, Action<string>? launched = null) : CpuKernel
{
    internal override void Run(nint* addresses, CpuContext context)
    {
        if (plan.Loops.Any(loop => loop.Role != LoopRole.Contracted && loop.Extent == 0)) return;
        var count = plan.Operands.Length;
        var memory = new nint[count + 2];
        var kernels = KernelEmitter.Emit(plan, runtime.Limits, runtime.Dialect, options ?? EmitOptions.Default);
        try
        {
            for (var i = 0; i <= count; i++)
            {
                memory[i] = runtime.TryAllocate(Before * Size(i) + Math.Max(1, Bytes(i)));
                if (Bytes(i) > 0) runtime.Write(memory[i], Before * Size(i), addresses[i], Bytes(i));
            }
            var scratch = kernels.Max(kernel => kernel.ScratchBytes);
            if (scratch > 0) memory[count + 1] = runtime.TryAllocate(scratch);
            foreach (var emitted in kernels)
            {
                var buffers = memory.Take(emitted.ScratchBytes > 0 ? count + 2 : count + 1).Select((buffer, i) => new KernelBuffer(buffer, i <= count ? Before : 0)).ToArray();
                runtime.Launch(TestDevices.Kernel(runtime, emitted), emitted.Launch, buffers, emitted.Arguments.AsSpan());
                launched?.Invoke(emitted.EntryPoint);
            }
            runtime.Read(memory[count], Before * Size(count), addresses[count], Bytes(count));
            runtime.Synchronize();
        }
        finally
        {
            foreach (var buffer in memory)
                if (buffer != 0) runtime.Free(buffer);
        }
    }

    /// <summary>Elements in front of each tensor: kernels are given an offset.</summary>
    const int Before = 3;

    /// <summary>From the first to the last element; 0 where there is none.</summary>
    long Bytes(int value)
    {
        if (plan.Loops.Any(loop => loop.Extent == 0 && (value < plan.Operands.Length || loop.Role != LoopRole.Contracted))) return 0;
        return Size(value) * (1 + plan.Loops.Sum(loop => Math.Max(0, loop.Extent - 1) * loop.Strides[value]));
    }

    int Size(int value) => (value < plan.Operands.Length ? plan.Operands[value].Element : plan.Element).Size();
}
