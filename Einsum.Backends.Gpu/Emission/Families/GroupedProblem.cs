using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>One member of a list of products: its plan, and where its tensors start in the buffers that all members share, in elements.</summary>
readonly record struct GroupedMember(KernelPlan Plan, long First, long Second, long Result);

/// <summary>
/// A member as a matrix product, <c>out[batch, row, column] = sum over depth of a[batch, row, depth] * b[batch, column, depth]</c>, with one loop per role: a line of
/// the table that the kernel reads.
/// </summary>
static class GroupedProblem
{
    /// <summary>Numbers in a line: the number of its first tile, five sizes and starts, and four strides for each tensor that the loop of a role moves.</summary>
    internal const int Width = 17;

    internal enum Field
    {
        FirstTile, Rows, Columns, Depth, Batch,
        AStart, BStart, OutStart,
        ARow, ADepth, ABatch,
        BColumn, BDepth, BBatch,
        OutRow, OutColumn, OutBatch,
    }

    internal static bool Fits(KernelPlan plan) =>
        plan.Operands.Length == 2 && !plan.LoopsOf(LoopRole.Free).Any() && new[] { LoopRole.Batch, LoopRole.Left, LoopRole.Right, LoopRole.Contracted }.All(role => plan.LoopsOf(role).Count() <= 1);

    internal static ImmutableArray<long> Line(GroupedMember member)
    {
        var (rows, columns) = (Of(member.Plan, LoopRole.Left), Of(member.Plan, LoopRole.Right));
        var (depth, batch) = (Of(member.Plan, LoopRole.Contracted), Of(member.Plan, LoopRole.Batch));
        return
        [
            0, rows.Extent, columns.Extent, depth.Extent, batch.Extent,
            member.First, member.Second, member.Result,
            rows.Strides[0], depth.Strides[0], batch.Strides[0],
            columns.Strides[1], depth.Strides[1], batch.Strides[1],
            rows.Strides[2], columns.Strides[2], batch.Strides[2],
        ];
    }

    static Loop Of(KernelPlan plan, LoopRole role) => plan.LoopsOf(role).SingleOrDefault() ?? new Loop(1, role, [0, 0, 0]);
}
