using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>to[p, i] = from[p, i]</c>, dense: for operands whose own memory a <see cref="DirectTile{T, V, S, TRows, TColumns}"/> cannot walk through well.</summary>
sealed unsafe class DirectPacking<T> where T : unmanaged
{
    /// <summary>The ways of the smallest first-level caches; lines this many bytes apart are in each other's way there.</summary>
    const long Ways = 8, Period = 4096;

    readonly nint[] _depth;
    readonly nint _step;
    readonly bool _transposes;

    internal DirectPacking(Loop[] depth, Loop? free, int operand)
    {
        var group = new LoopGroup(depth, 3);
        _depth = new nint[group.Extent];
        fixed (nint* offsets = _depth)
        {
            group.Offsets(operand, 0, _depth.Length, offsets);
            _transposes = Offsets.AreNeighbours(offsets, _depth.Length);
        }
        _step = (nint)(free?.Strides[operand] ?? 1);
    }

    internal nint Depth => _depth.Length;

    /// <summary>Whether lines so many elements apart, <paramref name="count"/> of them, put each other out of the first-level cache.</summary>
    internal static bool Collide(long stride, long count)
    {
        var bytes = stride * sizeof(T);
        // The greatest power of two that divides the stride: so many lines of a period are used at all.
        return count > Ways * (Period / Math.Clamp(bytes & -bytes, 64, Period));
    }

    /// <summary>Packs so many entries one after the other.</summary>
    internal void Run(T* from, nint entryStep, nint entries, nint count, T* to)
    {
        fixed (nint* depth = _depth)
        {
            for (; entries > 0; entries--, from += entryStep, to += Depth * count)
            {
                if (_step == 1) Copy(from, depth, count, to);
                else if (_transposes && Transposition<T>.BlockFor((int)Math.Min(count, Depth)) is > 0 and var block) Transpose(from + depth[0], count, to, block);
                else Gather(from, depth, count, to);
            }
        }
    }

    void Copy(T* from, nint* depth, nint count, T* to)
    {
        for (nint p = 0; p < _depth.Length; p++, to += count) new Span<T>(from + depth[p], (int)count).CopyTo(new Span<T>(to, (int)count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather(T* from, nint* depth, nint count, T* to)
    {
        for (nint p = 0; p < _depth.Length; p++, to += count)
        {
            var source = from + depth[p];
            for (nint i = 0; i < count; i++, source += _step) to[i] = *source;
        }
    }

    /// <summary>The last block of either direction overlaps the one before it.</summary>
    void Transpose(T* from, nint count, T* to, int block)
    {
        var rows = stackalloc nint[block];
        for (var i = 0; i < block; i++) rows[i] = i * _step;
        var whole = (int)Depth / block * block;
        for (nint i = 0; i < count; i += block)
        {
            var at = Math.Min(i, count - block);
            var source = from + at * _step;
            Transposition<T>.Rows(block, source, rows, whole, to + at, count);
            if (whole < Depth) Transposition<T>.Rows(block, source + Depth - block, rows, block, to + (Depth - block) * count + at, count);
        }
    }
}
