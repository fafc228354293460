using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>A plan's kernels interpreted, as if they were a kernel of the CPU.</summary>
sealed unsafe class PlanInterpreted(KernelPlan plan, DeviceLimits limits, KernelDialect dialect, EmitOptions options) : CpuKernel
{
    internal override void Run(nint* addresses, CpuContext context)
    {
        if (plan.Loops.Any(loop => loop.Role != LoopRole.Contracted && loop.Extent == 0)) return;
        var kernels = KernelEmitter.Emit(plan, limits, dialect, options);
        var scratchBytes = kernels.Max(kernel => kernel.ScratchBytes);
        var scratch = NativeMemory.Alloc((nuint)Math.Max(scratchBytes, 1));
        try
        {
            foreach (var emitted in kernels)
            {
                var buffers = new List<(nint, long)>();
                for (var i = 0; i <= plan.Operands.Length; i++) buffers.Add((addresses[i], Length(i)));
                if (emitted.ScratchBytes > 0) buffers.Add(((nint)scratch, scratchBytes / emitted.Kernel!.Buffers[^1].Element.Size()));
                Assert.That(IrVerifier.WhyInvalid(emitted.Kernel!), Is.Null, () => emitted.Source);
                try
                {
                    IrInterpreter.Run(emitted.Kernel!, emitted.Launch.GroupsX, buffers, emitted.Arguments);
                }
                catch (InvalidOperationException error)
                {
                    Assert.Fail($"{error.Message}\n{plan}\n{emitted.Launch}\n{emitted.Source}");
                }
            }
        }
        finally
        {
            NativeMemory.Free(scratch);
        }
    }

    long Length(int value) =>
        plan.Loops.Any(loop => loop.Extent == 0) ? value == plan.Operands.Length ? long.MaxValue : 0
            : 1 + plan.Loops.Sum(loop => Math.Max(0, loop.Extent - 1) * loop.Strides[value]);
}
