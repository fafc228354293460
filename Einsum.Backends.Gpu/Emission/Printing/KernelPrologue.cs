using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>What stands before a body: the dialect's words, its types, and the functions that this body uses.</summary>
static class KernelPrologue
{
    internal static string For(IrKernel kernel, KernelDialect dialect)
    {
        var uses = new PrologueUses(kernel);
        var text = new StringBuilder(dialect == KernelDialect.OpenCL ? OpenClWords.Text(uses) : CudaWords.Text(uses, kernel.LocalBytes, kernel.LocalAlignment));
        text.Append($"typedef {(kernel.WideIndex ? "i64" : "i32")} idx;\n");
        foreach (var function in uses.Functions) text.Append(dialect == KernelDialect.OpenCL ? OpenClWords.Function(function) : CudaWords.Function(function));
        foreach (var (to, from) in uses.Saturations) text.Append(Saturation.Text(to, from));
        return text.Append('\n').ToString();
    }
}
