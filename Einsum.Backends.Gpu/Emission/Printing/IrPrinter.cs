namespace EinsumNet.Backends.Gpu;

/// <summary>A kernel's whole text in a dialect.</summary>
static class IrPrinter
{
    internal static string Print(IrKernel kernel, KernelDialect dialect) => KernelPrologue.For(kernel, dialect) + BodyPrinter.Print(kernel);

    /// <summary>Bytes of local memory that the text does not declare itself.</summary>
    internal static int LocalBytesAtLaunch(IrKernel kernel, KernelDialect dialect) =>
        dialect == KernelDialect.Cuda && kernel.LocalBytes > CudaWords.StaticLocalBytes ? kernel.LocalBytes : 0;
}
