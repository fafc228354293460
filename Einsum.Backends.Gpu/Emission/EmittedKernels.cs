using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>From what a family wrote to what a runtime compiles and launches.</summary>
static class EmittedKernels
{
    /// <summary>The text of a kernel of the given IR, and one launch of it.</summary>
    internal static EmittedKernel Create(
        string name, IrBuilder body, KernelView view, SizeList sizes, bool wideIndex, int threads, long groups, EmitTarget target, long scratchBytes = 0)
    {
        var kernel = new IrKernel(name, threads, view.Buffers, sizes.Parameters, wideIndex, body.Locals, body.Body);
        IrVerifier.Check(kernel);
        return new EmittedKernel(
            IrPrinter.Print(kernel, target.Dialect), name, new Launch(threads, 1, 1, groups, 1, 1, IrPrinter.LocalBytesAtLaunch(kernel, target.Dialect)), sizes.Arguments, scratchBytes)
        { Kernel = kernel };
    }
}
