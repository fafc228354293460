namespace EinsumNet.Backends.Gpu;

/// <summary>
/// An instruction <c>wgmma.mma_async.sync.aligned.m64nNkK</c> of sm_90a, by which the 128 threads of a warpgroup multiply two matrices that lie in local memory (PTX ISA, "Asynchronous
/// warpgroup level matrix instructions"). They lie along the depth, a line of 128 bytes for each row of x or column of y, or, halves, across it, a line of 64 rows or columns for each depth;
/// eight lines behind each other, and in these 1024 bytes, which start at a multiple of as many, the 16 bytes of number c of line r lie where number <c>c xor r</c> would ("128-byte swizzle").
/// </summary>
/// <param name="Name">How the prologue's function starts.</param>
/// <param name="Depth">The contracted size of one instruction: 32 bytes.</param>
/// <param name="Stored">What local memory holds: the bits of elements, or words of 32 bits.</param>
/// <param name="PerStored">Elements in one of these.</param>
sealed record WgmmaKind(string Name, int Depth, ElementType Stored, int PerStored)
{
    internal const int Rows = 64, Threads = 128, LineBytes = 128, Lines = 8, ChunkBytes = 16;

    internal static readonly WgmmaKind Half = new("wgmma_f16", 16, ElementType.UShort, 1);

    internal static readonly WgmmaKind BFloat16 = new("wgmma_bf16", 16, ElementType.UInt, 2);

    internal static readonly WgmmaKind Tf32 = new("wgmma_tf32", 8, ElementType.UInt, 1);

    /// <summary>What is stored of a line; all of it is one stage's depth.</summary>
    internal int LineLength => LineBytes / Stored.Size();

    internal int LineDepth => LineLength * PerStored;

    /// <summary>From one instruction's depth to the next, in what is stored.</summary>
    internal int Step => Depth / PerStored;

    /// <summary>Where in a tile what is stored at a place of a line lies.</summary>
    internal IrExpr Place(IrExpr line, IrExpr at)
    {
        var chunk = ChunkBytes / Stored.Size();
        return line * LineLength + (new BinaryExpr(IrType.Index, IrOp.Xor, at / chunk, line % Lines) * chunk + at % chunk);
    }

    /// <summary>The row of the register of a sum, of four neighbours, in the part that a warp has, beside the thread's group; the column is <c>8 (register / 4) + 2 quad + register % 2</c>.</summary>
    internal static int SumRow(int register) => register / 2 * 8;
}
