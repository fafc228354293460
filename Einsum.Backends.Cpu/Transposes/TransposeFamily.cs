namespace EinsumNet.Backends.Cpu;

/// <summary>Copies one operand into another order of its axes, whatever its elements are: only their size matters.</summary>
sealed class TransposeFamily : KernelFamily
{
    internal override string Name => "transpose";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Transpose
        && plan.Operands[0].Element == plan.Element
        && (plan.Element != ElementType.Complex || plan.Operands[0].Map == plan.Result.Map)
        && plan.Loops.All(loop => loop.Extent > 0);

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        plan = Widening.Apply(plan);
        var row = plan.Loops.FirstOrDefault(loop => loop.Strides is [1, 1]);
        if (row is not null) return new CopyRows(plan, row);
        var (read, write) = (Longest(plan, operand: 0), Longest(plan, operand: 1));
        if (read is null || write is null) return plan.Element.Size() switch
        {
            1 => new CopyStrided<byte>(plan),
            2 => new CopyStrided<ushort>(plan),
            4 => new CopyStrided<uint>(plan),
            8 => new CopyStrided<ulong>(plan),
            _ => new CopyStrided<UInt128>(plan),
        };
        return plan.Element.Size() switch
        {
            1 => new TransposeTiles<byte, ScalarTile<byte>>(plan, read, write),
            2 => new TransposeTiles<ushort, ScalarTile<ushort>>(plan, read, write),
            4 when Tile8x8.IsSupported => new TransposeTiles<float, Tile8x8>(plan, read, write),
            4 => new TransposeTiles<uint, ScalarTile<uint>>(plan, read, write),
            8 when Tile4x4.IsSupported => new TransposeTiles<double, Tile4x4>(plan, read, write),
            8 => new TransposeTiles<ulong, ScalarTile<ulong>>(plan, read, write),
            _ => new TransposeTiles<UInt128, ScalarTile<UInt128>>(plan, read, write),
        };
    }

    /// <summary>The longest loop along which the operand's elements are neighbours.</summary>
    static Loop? Longest(KernelPlan plan, int operand) => plan.Loops.Where(loop => loop.Strides[operand] == 1).MaxBy(loop => loop.Extent);
}
