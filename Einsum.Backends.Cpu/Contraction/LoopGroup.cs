using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The loops of one role run as one counter, the last loop fastest; what an operand moves at each count is a list of offsets, so kernels
/// work on any number of loops as on one.
/// </summary>
sealed unsafe class LoopGroup
{
    readonly long[] _extents;
    readonly long[][] _strides;

    /// <param name="loops">The loops, slowest first.</param>
    /// <param name="operands">How many operands the loops have strides for, the result among them.</param>
    internal LoopGroup(IReadOnlyCollection<Loop> loops, int operands)
    {
        _extents = [.. loops.Select(loop => loop.Extent)];
        _strides = [.. Enumerable.Range(0, operands).Select(operand => loops.Select(loop => loop.Strides[operand]).ToArray())];
        Extent = loops.Aggregate(1L, (product, loop) => checked(product * loop.Extent));
    }

    /// <summary>How many iterations the loops have together.</summary>
    internal long Extent { get; }

    /// <summary>Writes the operand's offsets, in elements, of <paramref name="count"/> iterations from <paramref name="start"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal void Offsets(int operand, long start, int count, nint* offsets)
    {
        var inner = _extents.Length - 1;
        if (inner < 0)
        {
            for (var i = 0; i < count; i++) offsets[i] = 0;
            return;
        }

        var (extents, strides) = (_extents, _strides[operand]);
        var digits = stackalloc long[extents.Length];
        long offset = 0;
        for (var loop = inner; loop >= 0; loop--)
        {
            (start, digits[loop]) = loop == 0 ? (0, start) : Math.DivRem(start, extents[loop]);
            offset += digits[loop] * strides[loop];
        }

        var stride = (nint)strides[inner];
        while (count > 0)
        {
            var run = (int)Math.Min(count, extents[inner] - digits[inner]);
            for (var i = 0; i < run; i++) offsets[i] = (nint)offset + i * stride;
            offsets += run;
            count -= run;
            offset += run * stride;
            digits[inner] += run;
            for (var loop = inner; loop > 0 && digits[loop] == extents[loop]; loop--)
            {
                digits[loop] = 0;
                digits[loop - 1]++;
                offset += strides[loop - 1] - extents[loop] * strides[loop];
            }
        }
    }
}
