using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>to[p, i] = from[p, i]</c>, dense: for operands whose own memory a <see cref="DirectTile{T, V, S, TRows, TColumns}"/> cannot walk through well.</summary>
sealed unsafe class DirectPacking<T> where T : unmanaged
{
    readonly nint[] _outer;
    readonly nint _step;
    readonly bool _transposes;

    /// <param name="outer">The loops p.</param>
    /// <param name="inner">The loop i; null where there is none.</param>
    /// <param name="operand">Which operand is packed.</param>
    internal DirectPacking(Loop[] outer, Loop? inner, int operand)
    {
        var group = new LoopGroup([.. outer.Select(LoopPiece.Whole)], patch: outer.Length, operands: 3);
        _outer = new nint[group.Extent];
        fixed (nint* offsets = _outer)
        {
            group.Offsets(operand, 0, _outer.Length, offsets);
            _transposes = Offsets.AreNeighbours(offsets, _outer.Length);
        }
        _step = (nint)(inner?.Strides[operand] ?? 1);
    }

    internal nint Outer => _outer.Length;

    /// <summary>Packs so many entries one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Run(T* from, nint entryStep, nint entries, nint count, T* to)
    {
        fixed (nint* outer = _outer)
        {
            if (_step == 1)
            {
                Copy(from, entryStep, entries, outer, count, to);
                return;
            }
            for (; entries > 0; entries--, from += entryStep, to += Outer * count)
            {
                if (_transposes && Outer >= Transposition<T>.LeastDepth && Transposition<T>.BlockFor((int)count) is > 0 and var block) Transpose(from + outer[0], count, to, block);
                else Gather(from, outer, count, to);
            }
        }
    }

    /// <summary>Entries may be neighbours where rows are far apart, so they come innermost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy(T* from, nint entryStep, nint entries, nint* outer, nint count, T* to)
    {
        var entrySize = Outer * count;
        for (nint p = 0; p < _outer.Length; p++, to += count)
        {
            T* source = from + outer[p], target = to;
            for (var entry = entries; entry > 0; entry--, source += entryStep, target += entrySize) CopyRow(source, target, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyRow(T* from, T* to, nint count)
    {
        nint i = 0;
        for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count) Vector256.Load(from + i).Store(to + i);
        for (; i < count; i++) to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather(T* from, nint* outer, nint count, T* to)
    {
        for (nint p = 0; p < _outer.Length; p++, to += count)
        {
            var source = from + outer[p];
            for (nint i = 0; i < count; i++, source += _step) to[i] = *source;
        }
    }

    /// <summary>The last block overlaps the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Transpose(T* from, nint count, T* to, int block)
    {
        var rows = stackalloc nint[block];
        for (var i = 0; i < block; i++) rows[i] = i * _step;
        for (nint i = 0; i < count; i += block)
        {
            var at = Math.Min(i, count - block);
            var source = from + at * _step;
            Transposition<T>.Rows(block, source, rows, source, rows, (int)Outer, to + at, count);
        }
    }
}
