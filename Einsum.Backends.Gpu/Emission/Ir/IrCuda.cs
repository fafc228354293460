namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Elements on their way from global to local memory while the thread goes on: as many of <paramref name="Count"/> neighbours as
/// <paramref name="Valid"/> says, zeros for the others. They are there after a wait, and for other threads after a barrier, too.
/// </summary>
sealed record CopyAsyncStatement(IrArray Local, IrExpr LocalPlace, IrArray Source, IrExpr Place, int Count, IrExpr Valid) : IrStatement;

/// <summary>Makes one group of the thread's copies since the last one.</summary>
sealed record CommitCopiesStatement : IrStatement;

/// <summary>Waits until at most the last <paramref name="Pending"/> groups of copies are under way.</summary>
sealed record WaitCopiesStatement(int Pending) : IrStatement;

/// <summary>
/// A product of small matrices by the 32 threads of a warp on its tensor core: <c>sums += x y</c>, with the elements spread over the threads' registers as
/// the instruction wants them.
/// </summary>
sealed record MmaStatement(MmaKind Kind, IrArray Sums, IrExpr SumsAt, IrArray X, IrExpr XAt, IrArray Y, IrExpr YAt) : IrStatement;

/// <summary>
/// A product of matrices in local memory by the 128 threads of a warpgroup: <c>sums += x y</c>, 64 rows and as many columns as are given. It is under way until it is waited for, and reads
/// local memory until then.
/// </summary>
sealed record WgmmaStatement(WgmmaKind Kind, int Columns, IrArray Sums, WgmmaMatrix X, WgmmaMatrix Y) : IrStatement;

/// <summary>A matrix in swizzled local memory.</summary>
/// <param name="Array">The array.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="Leading">Of lines across the depth, bytes from 64 rows or columns to the next; 0 of lines along it.</param>
sealed record WgmmaMatrix(IrArray Array, IrExpr Start, int Leading);

/// <summary>Before products are started: what the thread did with their registers, the sums, is done.</summary>
sealed record StartProductsStatement(IrArray Sums) : IrStatement;

/// <summary>Makes one group of the warpgroup's products since the last one.</summary>
sealed record CommitProductsStatement : IrStatement;

/// <summary>Waits until at most the last <paramref name="Pending"/> groups of products are under way; with none, the thread may look at the sums again.</summary>
sealed record WaitProductsStatement(int Pending, IrArray Sums) : IrStatement;

/// <summary>Makes what the thread wrote to local memory visible to products, once a barrier is passed too.</summary>
sealed record ShowToTensorCoresStatement : IrStatement;

/// <summary>Four bytes of a local array as a word: two neighbours of 16 bits, at an even place.</summary>
sealed record LoadWordExpr(IrArray Array, IrExpr Place) : IrExpr(IrType.UInt)
{
    internal override System.Collections.Immutable.ImmutableArray<IrExpr> Inputs => [Place];
}

/// <summary>Whether an element of a global array lies at a multiple of so many bytes.</summary>
sealed record IsAlignedExpr(IrArray Array, IrExpr Place, int Bytes) : IrExpr(IrType.Flag)
{
    internal override System.Collections.Immutable.ImmutableArray<IrExpr> Inputs => [Place];
}
