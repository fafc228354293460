using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>The CUDA text of a plan's kernels compiled and run without a GPU, as if they were a kernel of the CPU.</summary>
/// <param name="plan">The plan.</param>
/// <param name="limits">The device that the kernels are emitted for.</param>
/// <param name="options">How they are emitted.</param>
/// <param name="before">Elements in front of each tensor, which kernels are told to skip.</param>
/// <param name="change">What is done to the text before it is compiled.</param>
sealed unsafe class PlanOnPtx(KernelPlan plan, DeviceLimits limits, EmitOptions options, int before = 0, Func<string, string>? change = null) : CpuKernel
{
    internal override void Run(nint* addresses, CpuContext context)
    {
        if (plan.Loops.Any(loop => loop.Role != LoopRole.Contracted && loop.Extent == 0)) return;
        var kernels = KernelEmitter.Emit(plan, limits, KernelDialect.Cuda, options);
        var scratchBytes = kernels.Max(kernel => kernel.ScratchBytes);
        var scratch = NativeMemory.Alloc((nuint)Math.Max(scratchBytes, 1));
        try
        {
            foreach (var emitted in kernels)
            {
                var buffers = new List<PtxBuffer>();
                for (var i = 0; i <= plan.Operands.Length; i++) buffers.Add(new(addresses[i], Length(i) * Size(i), Size(i), before));
                if (emitted.ScratchBytes > 0) buffers.Add(new((nint)scratch, scratchBytes, 1));
                PtxLaunch.Run(change is null ? emitted : emitted with { Source = change(emitted.Source) }, Architecture(limits), buffers);
            }
        }
        finally
        {
            NativeMemory.Free(scratch);
        }
    }

    internal static string Architecture(DeviceLimits limits) => limits.HasWgmma ? "sm_90a" : $"sm_{limits.Sm}";

    /// <summary>From the first to the last element; 0 where there is none.</summary>
    long Length(int value) => plan.Loops.Any(loop => loop.Extent == 0) && value < plan.Operands.Length ? 0 : 1 + plan.Loops.Sum(loop => Math.Max(0, loop.Extent - 1) * loop.Strides[value]);

    int Size(int value) => (value < plan.Operands.Length ? plan.Operands[value].Element : plan.Element).Size();
}
