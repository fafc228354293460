using System.Collections.Immutable;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One digit of a <see cref="LoopGroup"/>'s counter: a whole loop, or a loop cut into blocks as two digits, the number of the block and the place in it.
/// </summary>
/// <param name="Extent">How many values the digit takes.</param>
/// <param name="LastExtent">How many it takes in the last block, which may be shorter.</param>
/// <param name="Block">For a place in a block, the digit that is the number of the block; else -1.</param>
/// <param name="Strides">How many elements each operand and the result move per step.</param>
sealed record LoopPiece(long Extent, long LastExtent, int Block, ImmutableArray<long> Strides)
{
    internal static LoopPiece Whole(Loop loop) => new(loop.Extent, loop.Extent, -1, loop.Strides);

    /// <summary>The number of the block of a loop cut into blocks of <paramref name="size"/>.</summary>
    internal static LoopPiece Blocks(Loop loop, long size)
    {
        var count = (loop.Extent + size - 1) / size;
        return new LoopPiece(count, count, -1, [.. loop.Strides.Select(stride => stride * size)]);
    }

    /// <summary>The place in a block of <paramref name="size"/>.</summary>
    internal static LoopPiece Within(Loop loop, long size, int block) =>
        new(size, loop.Extent - (loop.Extent + size - 1) / size * size + size, block, loop.Strides);
}
