using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Runs a kernel on the buffers at these addresses; its first loops from and to the bounds, two for each.</summary>
unsafe delegate void KernelBody(nint* addresses, long* bounds);

/// <summary>Kernels as methods of their own.</summary>
static class KernelMethod
{
    /// <summary>A method whose first <paramref name="bounded"/> loops run over a part.</summary>
    internal static KernelBody Of(Kernel kernel, VectorChoice vector, int bounded) => Make("kernel", il => NestEmitter.Emit(il, kernel, vector, new BufferTable(il), bounded));

    /// <summary>A method of addresses and bounds, whose first argument is the steps that it calls, and last of them what ends its loops.</summary>
    internal static unsafe KernelBody Make(string name, Action<ILGenerator> emit, Step[]? calls = null)
    {
        var method = new DynamicMethod(name, typeof(void), [typeof(Step[]), typeof(nint*), typeof(long*)], typeof(KernelMethod).Module, skipVisibility: true);
        method.InitLocals = false;
        var il = method.GetILGenerator();
        emit(il);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<KernelBody>((Step[])[.. calls ?? [], .. Watch.Current is { } watch ? [watch] : Array.Empty<Step>()]);
    }
}
