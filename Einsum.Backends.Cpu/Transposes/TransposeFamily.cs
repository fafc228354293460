using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Copies one operand into another order of its axes, whatever its elements are: only their size matters.</summary>
/// <param name="cache">Where the operand and the result are larger together, the result is written past the caches.</param>
/// <param name="caches">What blocks are cut for.</param>
sealed class TransposeFamily(LastCache cache, CacheSizes caches) : KernelFamily
{
    internal TransposeFamily() : this(new LastCache(CacheSizes.Machine, LastCache.Usual), CacheSizes.Machine) { }

    internal override string Name => "transpose";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Kind == KernelKind.Transpose
        && plan.Operands[0].Element == plan.Element
        && (plan.Element != ElementType.Complex || plan.Operands[0].Map == plan.Result.Map)
        && plan.Loops.All(loop => loop.Extent > 0);

    internal override CpuKernel Create(KernelPlan plan, int simdBits)
    {
        plan = Widening.Apply(plan);
        var rectangle = Rectangle.Of(plan);
        if (PermutedMoves.TryCreate(plan, rectangle, simdBits, cache) is { } permuted) return permuted;
        var shortest = rectangle is { Rows: { } rows, Columns: var columns } ? Math.Min(rows.Extent, columns.Extent) : long.MaxValue;
        return plan.Element.Size() switch
        {
            1 => Create<byte, ByteTile<MachineZip>>(plan),
            2 => Create<ushort, ShortTile<MachineZip>>(plan),
            4 when simdBits >= 512 && Tile16x16.IsSupported && IsRight(16) => Create<float, Tile16x16>(plan),
            4 when simdBits >= 256 && Tile8x8.IsSupported => Create<float, Tile8x8>(plan),
            4 => Create<float, FloatTile<MachineZip>>(plan),
            8 when simdBits >= 512 && Tile8x8Wide.IsSupported && IsRight(8) => Create<double, Tile8x8Wide>(plan),
            8 when simdBits >= 256 && Tile4x4.IsSupported => Create<double, Tile4x4>(plan),
            8 => Create<double, DoubleTile<MachineZip>>(plan),
            _ => Create<Vector128<ulong>, ScalarTile<Vector128<ulong>>>(plan),
        };

        // Rectangles that half a tile would fill are better covered by tiles of that size, which overlap.
        bool IsRight(int side) => shortest >= side || shortest < side / 2;
    }

    CpuKernel Create<T, TTile>(KernelPlan plan) where T : unmanaged where TTile : struct, ITile<T> => Rectangle.Of(plan) switch
    {
        null => new CopyStrided<T>(plan),
        { KeepsRows: true } rectangle => MoveFactory.Create<T, RowMove<T>>(plan, rectangle, cache, caches),
        var rectangle when MergedRectangle.Of(plan, rectangle, TTile.Side, TTile.Strip) is { } merged => new MergedMoveKernel<T, TileMove<T, TTile>>(plan, merged),
        var rectangle => MoveFactory.Create<T, TileMove<T, TTile>>(plan, rectangle, cache, caches),
    };
}
