namespace EinsumNet.Backends.Gpu;

/// <summary>
/// An instruction <c>mma.sync.aligned.mMnNkK.row.col</c> and where the elements of its matrices are among the 32 threads (PTX ISA, "Matrix fragments"). With
/// <c>group = lane / 4</c> and <c>quad = lane % 4</c>, register r holds <c>PerRegister</c> neighbours along the depth, of x at row
/// <c>group + 8 (r % (Rows / 8))</c>, of y at column <c>group</c>, both from depth <c>quad * PerRegister + 4 * PerRegister * (r / (registers of one depth))</c> on.
/// </summary>
/// <param name="Name">How the prologue's function ends.</param>
/// <param name="Rows">Rows of x.</param>
/// <param name="Depth">The contracted size.</param>
/// <param name="PerRegister">Elements of x or y in one register.</param>
/// <param name="Fragment">What a register of x or y is.</param>
/// <param name="Sum">What a register of the sums is.</param>
sealed record MmaKind(string Name, int Rows, int Depth, int PerRegister, IrType Fragment, IrType Sum)
{
    internal const int Columns = 8;

    internal const int Warp = 32;

    internal static readonly MmaKind Half = new("f16", 16, 16, 2, IrType.UInt, IrType.Float);

    internal static readonly MmaKind BFloat16 = new("bf16", 16, 16, 2, IrType.UInt, IrType.Float);

    internal static readonly MmaKind Tf32 = new("tf32", 16, 8, 1, IrType.UInt, IrType.Float);

    internal static readonly MmaKind Double = new("f64", 8, 4, 1, IrType.Double, IrType.Double);

    internal int XRegisters => Rows * Depth / Warp / PerRegister;

    internal int YRegisters => Columns * Depth / Warp / PerRegister;

    internal int SumRegisters => Rows * Columns / Warp;

    /// <summary>The row of x that a register holds elements of, beside the thread's group.</summary>
    internal int XRow(int register) => register % (Rows / 8) * 8;

    /// <summary>The first depth that a register of x holds, beside the thread's quad.</summary>
    internal int XDepth(int register) => register / (Rows / 8) * 4 * PerRegister;

    /// <summary>The first depth that a register of y holds, beside the thread's quad.</summary>
    internal int YDepth(int register) => register * 4 * PerRegister;

    /// <summary>The row of the sum in a register, beside the thread's group; its column is <c>2 quad + register % 2</c>.</summary>
    internal static int SumRow(int register) => register / 2 * 8;
}
