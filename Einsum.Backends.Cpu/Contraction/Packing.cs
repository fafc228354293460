using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>panel[p * width + i] = from[offsets[i] + steps[p]]</c>: a block of an operand, whatever its strides, copied into panels that a
/// micro-kernel reads front to back. The last panel is padded: what is computed from padding is discarded.
/// </summary>
static unsafe class Packing<T> where T : unmanaged
{
    /// <summary>All panels are packed for two cache lines' worth of depth before any goes on, so that each line and page is visited once.</summary>
    static int Stretch => 128 / sizeof(T);

    /// <summary>Packs <paramref name="count"/> entries into panels of <paramref name="width"/>, one after the other in the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(T* from, nint* offsets, int count, int width, nint* steps, int depth, T* block, Panel<T>* panels)
    {
        var size = (nint)width * depth;
        for (var (i, panel) = (0, 0); i < count; i += width, panel++)
        {
            panels[panel] = new Panel<T>
            {
                Start = block + panel * size,
                Stride = 1,
                Step = width,
                Neighbours = Offsets.AreNeighbours(offsets + i, Math.Min(width, count - i)),
            };
        }

        for (var p = 0; p < depth; p += Stretch)
        {
            var stretch = Math.Min(Stretch, depth - p);
            var transposes = Offsets.AreNeighbours(steps + p, stretch);
            for (var (i, panel) = (0, 0); i < count; i += width, panel++)
            {
                var to = panels[panel].Start + (nint)p * width;
                var entries = Math.Min(width, count - i);
                if (panels[panel].Neighbours) Copy(from + offsets[i], entries, width, steps + p, stretch, to);
                else if (transposes) Transpose(from + steps[p], offsets + i, entries, width, steps + p, stretch, to);
                else Gather(from, offsets + i, entries, width, steps + p, stretch, to);
            }
        }
    }

    /// <summary>The entries are neighbours: vectors are copied.</summary>
    static void Copy(T* from, int entries, int width, nint* steps, int depth, T* to)
    {
        var bytes = width * sizeof(T);
        if (entries < width)
        {
            for (var p = 0; p < depth; p++, to += width)
            {
                new Span<T>(from + steps[p], entries).CopyTo(new Span<T>(to, entries));
                new Span<T>(to + entries, width - entries).Clear();
            }
        }
        else if (bytes > 64) CopyRows<Vector512<byte>>((byte*)from, bytes, steps, depth, (byte*)to);
        else if (bytes > 32) CopyRows<Vector256<byte>>((byte*)from, bytes, steps, depth, (byte*)to);
        else CopyRows<Vector128<byte>>((byte*)from, bytes, steps, depth, (byte*)to);
    }

    /// <summary>Rows of more than one and at most two vectors, as two vectors that may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyRows<V>(byte* from, int bytes, nint* steps, int depth, byte* to) where V : unmanaged
    {
        var second = bytes - sizeof(V);
        for (var p = 0; p < depth; p++, to += bytes)
        {
            var row = from + steps[p] * sizeof(T);
            var left = Unsafe.ReadUnaligned<V>(row);
            Unsafe.WriteUnaligned(to + second, Unsafe.ReadUnaligned<V>(row + second));
            Unsafe.WriteUnaligned(to, left);
        }
    }

    /// <summary>The depth's steps are neighbours: blocks are transposed in registers, the last ones of rows overlapping those before.</summary>
    static void Transpose(T* from, nint* offsets, int entries, int width, nint* steps, int depth, T* to)
    {
        var block = Transposition<T>.BlockFor(width);
        if (entries < width || depth < block || block == 0)
        {
            Gather(from - steps[0], offsets, entries, width, steps, depth, to);
            return;
        }

        for (var i = 0; ; i = Math.Min(i + block, width - block))
        {
            Transposition<T>.Rows(block, from, offsets + i, depth, to + i, width);
            if (i == width - block) break;
        }

        var done = depth / block * block;
        Gather(from - steps[0], offsets, entries, width, steps + done, depth - done, to + done * width);
    }

    /// <summary>Anything else, element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(T* from, nint* offsets, int entries, int width, nint* steps, int depth, T* to)
    {
        for (var p = 0; p < depth; p++, to += width)
        {
            var row = from + steps[p];
            for (var i = 0; i < entries; i++) to[i] = row[offsets[i]];
            for (var i = entries; i < width; i++) to[i] = default;
        }
    }
}
