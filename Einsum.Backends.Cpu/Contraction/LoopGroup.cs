using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The loops of one role run as one counter, the last digit fastest; what an operand moves at each count is a list of offsets, so kernels
/// work on any number of loops as on one. The digits from some one on make a patch, which work should not be cut within.
/// </summary>
sealed unsafe class LoopGroup
{
    readonly LoopPiece[] _pieces;
    readonly long[][] _strides;
    readonly int _patch;

    /// <param name="pieces">The digits, slowest first.</param>
    /// <param name="patch">The first digit of the patch.</param>
    /// <param name="operands">How many operands the loops have strides for, the result among them.</param>
    internal LoopGroup(IReadOnlyCollection<LoopPiece> pieces, int patch, int operands)
    {
        _pieces = [.. pieces];
        _patch = patch;
        _strides = [.. Enumerable.Range(0, operands).Select(operand => pieces.Select(piece => piece.Strides[operand]).ToArray())];
        Extent = Count(0, null);
    }

    /// <summary>How many iterations the loops have together.</summary>
    internal long Extent { get; }

    /// <summary>Iterations of a patch that is not shortened.</summary>
    internal long Patch
    {
        get
        {
            var product = 1L;
            for (var i = _patch; i < _pieces.Length; i++) product *= _pieces[i].Extent;
            return product;
        }
    }

    /// <summary>Whether the operand's neighbours lie along one of the loops.</summary>
    internal bool HasNeighbours(int operand) => Array.IndexOf(_strides[operand], 1L) >= 0;

    /// <summary>How many iterations from <paramref name="start"/> on to take at once: whole patches, at most <paramref name="limit"/> iterations where a patch is no more.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Cut(long start, long end, int limit)
    {
        var digits = stackalloc long[_pieces.Length];
        var count = 0L;
        while (start + count < end)
        {
            Seek(start + count, digits);
            var left = Count(_patch, digits);
            for (var i = _patch; i < _pieces.Length; i++) left -= digits[i] * Count(i + 1, digits);
            if (count + left > limit) break;
            count += left;
        }

        return (int)Math.Min(count == 0 ? limit : count, end - start);
    }

    /// <summary>Writes the operand's offsets, in elements, of iterations <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal void Offsets(int operand, long start, int count, nint* offsets)
    {
        var inner = _pieces.Length - 1;
        if (inner < 0)
        {
            Cpu.Offsets.Write(0, 0, count, offsets);
            return;
        }

        var strides = _strides[operand];
        var digits = stackalloc long[_pieces.Length];
        Seek(start, digits);
        long offset = 0;
        for (var i = 0; i <= inner; i++) offset += digits[i] * strides[i];
        var stride = (nint)strides[inner];
        while (count > 0)
        {
            var run = (int)Math.Min(count, Length(inner, digits) - digits[inner]);
            Cpu.Offsets.Write((nint)offset, stride, run, offsets);
            offsets += run;
            count -= run;
            offset += run * stride;
            digits[inner] += run;
            for (var i = inner; i > 0 && digits[i] == Length(i, digits); i--)
            {
                offset += strides[i - 1] - digits[i] * strides[i];
                digits[i] = 0;
                digits[i - 1]++;
            }
        }
    }

    /// <summary>
    /// Writes those of the offsets at which a line of so many neighbours may begin, and returns how many they are: along the loop on which the operand's
    /// neighbours lie, one of each <paramref name="line"/> iterations; all of them where there is no such loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal int Lines(int operand, long start, int count, int line, nint* offsets)
    {
        var strides = _strides[operand];
        var unit = Array.LastIndexOf(strides, 1L);
        var inner = _pieces.Length - 1;
        if (unit < 0)
        {
            Offsets(operand, start, count, offsets);
            return count;
        }

        var digits = stackalloc long[_pieces.Length];
        Seek(start, digits);
        long offset = 0;
        for (var i = 0; i <= inner; i++) offset += digits[i] * strides[i];
        var (stride, found) = ((nint)strides[inner], 0);
        while (count > 0)
        {
            var run = (int)Math.Min(count, Length(inner, digits) - digits[inner]);
            if (unit == inner)
                for (var i = 0; i < run; i += line) offsets[found++] = (nint)offset + i;
            else if (digits[unit] % line == 0)
                for (var i = 0; i < run; i++) offsets[found++] = (nint)offset + i * stride;
            count -= run;
            offset += run * stride;
            digits[inner] += run;
            for (var i = inner; i > 0 && digits[i] == Length(i, digits); i--)
            {
                offset += strides[i - 1] - digits[i] * strides[i];
                digits[i] = 0;
                digits[i - 1]++;
            }
        }

        return found;
    }

    /// <summary>The operand's offset of one iteration.</summary>
    internal nint Offset(int operand, long iteration)
    {
        nint offset;
        Offsets(operand, iteration, 1, &offset);
        return offset;
    }

    /// <summary>How many values the digit takes beside the slower ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    long Length(int digit, long* digits)
    {
        var piece = _pieces[digit];
        return piece.Block >= 0 && digits[piece.Block] == _pieces[piece.Block].Extent - 1 ? piece.LastExtent : piece.Extent;
    }

    /// <summary>How many iterations the digits from <paramref name="first"/> on have beside the slower ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long Count(int first, long* digits)
    {
        var product = 1L;
        for (var i = first; i < _pieces.Length; i++)
        {
            var piece = _pieces[i];
            if (piece.Block < 0) product = checked(product * piece.Extent);
            else if (piece.Block < first) product = checked(product * Length(i, digits));
            // Both digits of a loop: all its iterations.
            else product = checked(product / _pieces[piece.Block].Extent * ((_pieces[piece.Block].Extent - 1) * piece.Extent + piece.LastExtent));
        }

        return product;
    }

    /// <summary>The digits of an iteration. A block before the last one is full, so as many full ones as fit are stepped over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Seek(long iteration, long* digits)
    {
        for (var i = 0; i < _pieces.Length; i++)
        {
            digits[i] = 0;
            var each = Count(i + 1, digits);
            digits[i] = each == 0 ? 0 : Math.Min(iteration / each, Math.Max(_pieces[i].Extent - 1, 0));
            iteration -= digits[i] * each;
        }
    }
}
