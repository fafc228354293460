using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>panel[p * width + i] = from[offsets[i] + steps[p]]</c>: a block of an operand, whatever its strides, copied into panels that a
/// micro-kernel reads front to back. A panel's padding is left as it is: zero, or elements of panels that lay there before.
/// </summary>
static unsafe class Packing<T> where T : unmanaged
{
    /// <summary>So many steps of the depth ahead lines are asked for; far more would push each other out of the few sets that strides may share.</summary>
    const int Lead = 8;

    static int Stretch => 128 / sizeof(T);

    /// <summary>Packs those of the panels that are to be packed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(T* from, nint* offsets, PanelShape* shapes, int count, nint* steps, int depth, Panel<T>* panels)
    {
        if (count == 0) return;
        var entries = shapes[count - 1].First + shapes[count - 1].Count;
        var stretch = depth > 0 ? DepthLanes.Find(steps, depth) : default;
        var transposes = stretch.Lanes >= Transposition<T>.LeastDepth;
        var rest = false;
        for (var i = 0; i < count; i++)
        {
            if (shapes[i].Lanes == 0 || !panels[i].IsPackedBefore) continue;
            if (shapes[i].Lanes > 1) PackLanes(from, offsets, entries, shapes + i, steps, depth, panels + i);
            else if (transposes && IsTransposed(shapes[i])) Transpose(from, offsets, entries, shapes[i], steps, depth, stretch, panels[i].Start);
            else rest = true;
        }

        if (rest) PackRest(from, offsets, shapes, count, steps, depth, panels, transposes);
    }

    static bool IsTransposed(PanelShape shape) => !shape.Neighbours && Transposition<T>.BlockFor(shape.Count) > 0;

    /// <summary>The operand's neighbours lie in different panels: squares are transposed in registers, one row to each of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PackLanes(T* from, nint* offsets, int entries, PanelShape* first, nint* steps, int depth, Panel<T>* panels)
    {
        var (lanes, group) = (first->Lanes, first->LanePanels);
        var lane = (nint)(panels[group].Start - panels[0].Start);
        for (var i = 0; i < group;)
        {
            // Panels that begin side by side and have as many entries go together.
            var block = Transposition<T>.BlockFor(first[i].Count);
            var end = i + 1;
            while (end < group && IsBeside(offsets, first[i], first[end], (end - i) * lanes)) end++;
            if (block == 0)
                for (var k = i; k < end; k++) GatherLanes(from, offsets + first[k].First, first[k].Count, lanes, steps, depth, panels[k].Start, first[k].Width, lane);
            else PackSquares(from, offsets, entries, first + i, end - i, lanes, steps, depth, panels + i, lane, block);
            i = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool IsBeside(nint* offsets, PanelShape one, PanelShape other, int distance)
    {
        if (one.Count != other.Count) return false;
        for (var i = 0; i < one.Count; i++)
            if (offsets[other.First + i] != offsets[one.First + i] + distance) return false;

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PackSquares(T* from, nint* offsets, int entries, PanelShape* first, int group, int lanes, nint* steps, int depth, Panel<T>* panels, nint lane, int block)
    {
        var (count, width, lead) = (first->Count, first->Width, Math.Min(Lead, depth));
        for (var row = 0; ; row = Math.Min(row + block, count - block))
        {
            for (var p = 0; p < depth; p++)
            {
                var isHere = p + lead < depth;
                var step = isHere ? steps[p + lead] : steps[p + lead - depth];
                for (var i = 0; i < group; i++)
                {
                    var rows = offsets + first[i].First + row;
                    var next = first[i].First + row + 2 * block <= entries ? rows + block : rows;
                    Transposition<T>.Rows(block, from + steps[p], rows, from + step, isHere ? rows : next, lanes, panels[i].Start + row + p * width, lane);
                }
            }

            if (row == count - block) break;
        }
    }

    /// <summary>Entries too few, or a machine without code, for squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void GatherLanes(T* from, nint* offsets, int entries, int lanes, nint* steps, int depth, T* to, int width, nint lane)
    {
        for (var p = 0; p < depth; p++, to += width)
        {
            for (var i = 0; i < entries; i++)
            {
                var line = from + steps[p] + offsets[i];
                for (var l = 0; l < lanes; l++) to[l * lane + i] = line[l];
            }
        }
    }

    /// <summary>All panels are packed for two cache lines' worth of depth before any goes on, so that each line and page is visited once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void PackRest(T* from, nint* offsets, PanelShape* shapes, int count, nint* steps, int depth, Panel<T>* panels, bool transposes)
    {
        for (var p = 0; p < depth; p += Stretch)
        {
            var stretch = Math.Min(Stretch, depth - p);
            for (var i = 0; i < count; i++)
            {
                var shape = shapes[i];
                if (shape.Lanes != 1 || !panels[i].IsPackedBefore || (transposes && IsTransposed(shape))) continue;
                var to = panels[i].Start + (nint)p * shape.Width;
                if (shape.Neighbours) Copy(from + offsets[shape.First], shape.Count, shape.Width, steps + p, stretch, to);
                else if (HasRuns(offsets + shape.First, shape.Count)) CopyRuns(from, offsets + shape.First, shape.Count, shape.Width, steps + p, stretch, to);
                else Gather(from, offsets + shape.First, shape.Count, shape.Width, steps + p, stretch, to);
            }
        }
    }

    /// <summary>Whether most entries have a neighbour.</summary>
    static bool HasRuns(nint* offsets, int count) => count > 1 && offsets[count / 2] - offsets[count / 2 - 1] == 1 | offsets[1] - offsets[0] == 1;

    /// <summary>Some of the entries are neighbours: each run of them is copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRuns(T* from, nint* offsets, int entries, int width, nint* steps, int depth, T* to)
    {
        for (var i = 0; i < entries;)
        {
            var run = Offsets.Run(offsets + i, entries - i);
            if (run * sizeof(T) >= 16) Copy(from + offsets[i], run, width, steps, depth, to + i);
            else Gather(from, offsets + i, run, width, steps, depth, to + i);
            i += run;
        }
    }

    /// <summary>The entries are neighbours: vectors are copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(T* from, int entries, int width, nint* steps, int depth, T* to)
    {
        var (bytes, rowBytes) = (entries * sizeof(T), width * sizeof(T));
        if (bytes >= 64) CopyRows<Vector512<byte>>((byte*)from, bytes, steps, depth, (byte*)to, rowBytes);
        else if (bytes >= 32) CopyRows<Vector256<byte>>((byte*)from, bytes, steps, depth, (byte*)to, rowBytes);
        else if (bytes >= 16) CopyRows<Vector128<byte>>((byte*)from, bytes, steps, depth, (byte*)to, rowBytes);
        else
        {
            for (var p = 0; p < depth; p++, to += width)
                for (var i = 0; i < entries; i++) to[i] = from[steps[p] + i];
        }
    }

    /// <summary>Rows of one to two vectors, as two vectors that may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRows<V>(byte* from, int bytes, nint* steps, int depth, byte* to, int rowBytes) where V : unmanaged
    {
        var second = bytes - sizeof(V);
        for (var p = 0; p < depth; p++, to += rowBytes)
        {
            var row = from + steps[p] * sizeof(T);
            var left = Unsafe.ReadUnaligned<V>(row);
            Unsafe.WriteUnaligned(to + second, Unsafe.ReadUnaligned<V>(row + second));
            Unsafe.WriteUnaligned(to, left);
        }
    }

    /// <summary>The operand's neighbours lie along the depth: blocks are transposed in registers, the last ones of rows overlapping those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose(T* from, nint* offsets, int entries, PanelShape shape, nint* steps, int depth, DepthLanes first, T* to)
    {
        var (block, width) = (Transposition<T>.BlockFor(shape.Count), shape.Width);
        DepthLanes stretch;
        for (var p = 0; p < depth; p += stretch.Count)
        {
            stretch = p == 0 ? first : DepthLanes.Find(steps + p, depth - p);
            if (stretch.Lanes < Transposition<T>.LeastDepth)
            {
                Gather(from, offsets + shape.First, shape.Count, width, steps + p, stretch.Count, to + p * width);
                continue;
            }

            for (var row = 0; ; row = Math.Min(row + block, shape.Count - block))
            {
                var rows = offsets + shape.First + row;
                var ahead = shape.First + row + 2 * block <= entries ? rows + block : rows;
                for (var i = p; i < p + stretch.Distance; i++)
                    Transposition<T>.Rows(block, from + steps[i], rows, from + steps[i], ahead, stretch.Lanes, to + i * width + row, stretch.Distance * width);
                if (row == shape.Count - block) break;
            }
        }
    }

    /// <summary>Anything else, element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(T* from, nint* offsets, int entries, int width, nint* steps, int depth, T* to)
    {
        for (var p = 0; p < depth; p++, to += width)
        {
            var row = from + steps[p];
            for (var i = 0; i < entries; i++) to[i] = row[offsets[i]];
        }
    }
}
