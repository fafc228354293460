using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>A kernel: its name, buffers, sizes, the memory that a group shares, and what each thread does.</summary>
/// <param name="Name">The entry point.</param>
/// <param name="Threads">Threads in a group.</param>
/// <param name="Buffers">The global arrays, each given as a pointer and an offset in elements.</param>
/// <param name="Sizes">The numbers that the kernel is given, as indices.</param>
/// <param name="WideIndex">Whether an index needs 64 bits.</param>
/// <param name="Locals">The arrays that a group shares.</param>
/// <param name="Body">What each thread does.</param>
sealed record IrKernel(
    string Name, int Threads, ImmutableArray<IrArray> Buffers, ImmutableArray<VariableExpr> Sizes, bool WideIndex, ImmutableArray<IrArray> Locals, ImmutableArray<IrStatement> Body)
{
    /// <summary>Local arrays start at multiples of as many bytes at least.</summary>
    internal const int Alignment = 16;

    internal int LocalBytes => Locals.IsEmpty ? 0 : Aligned(StartOf(Locals.Length - 1) + Locals[^1].Bytes, Alignment);

    /// <summary>The strictest alignment of a local array.</summary>
    internal int LocalAlignment => Locals.Select(array => array.Alignment).DefaultIfEmpty(Alignment).Max();

    /// <summary>Where a local array lies among all, in bytes.</summary>
    internal int StartOf(int local)
    {
        var at = 0;
        for (var i = 0; i < local; i++) at = Aligned(at, Locals[i].Alignment) + Locals[i].Bytes;
        return Aligned(at, Locals[local].Alignment);
    }

    static int Aligned(int bytes, int alignment) => (bytes + alignment - 1) / alignment * alignment;
}
