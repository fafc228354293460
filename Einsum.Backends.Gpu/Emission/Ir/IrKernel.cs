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
    internal int LocalBytes => Locals.Sum(array => Aligned(array.Bytes));

    /// <summary>Local arrays start at multiples of 16 bytes.</summary>
    internal static int Aligned(int bytes) => (bytes + 15) & ~15;
}
