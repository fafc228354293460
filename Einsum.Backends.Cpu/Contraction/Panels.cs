using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Finds for each register tile of a block where the micro-kernel reads its operand: in place where few tiles share a panel, so that copying it would
/// not pay, and its elements lie in even strides; in a packed copy otherwise.
/// </summary>
static unsafe class Panels<T> where T : unmanaged
{
    /// <summary>Up to so many uses, reading in place was seen to be faster than packing first (Zen 5, sizes 64 to 1024).</summary>
    const int MostRowUses = 16, MostColumnUses = 32;

    /// <summary>
    /// The same where a panel's first tile makes the copy, and the lines of the next panel are asked for meanwhile: batches of 168 to 500 rows and columns from memory take 0.83 to 1.02 of the time in place,
    /// panels of three tiles 1.05 to 1.25 (Emerald Rapids).
    /// </summary>
    const int MostCopiedUses = 7;

    /// <summary>
    /// And rows whose steps are no longer, up to so many bytes of columns, which are more uses where tiles are narrow (Zen 3). From memory, steps of 1000 bytes are as fast as packing, of 1400 to 2000 bytes
    /// they take 1.15 to 2.5 times as long (Emerald Rapids).
    /// </summary>
    const int ShortStepBytes = 1024, MostWidthBytes = 2048;

    /// <summary>Longer steps through an operand in place visit a page each and crowd few sets of the caches.</summary>
    const int MostStepBytes = 2048;

    /// <summary>
    /// Rows of x for <paramref name="uses"/> panels of y of <paramref name="width"/> columns; a panel may be read in place when a kernel has exactly its height, but not, where x
    /// <paramref name="isFar"/>, by long steps across its neighbours, each of which waits for a line of memory of its own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OfRows(
        nint* rows, PanelShape* shapes, int count, nint* steps, int depth, long uses, int width, bool isFar, T* x, T* block, Panel<T>* panels)
    {
        var mayStay = IsEven(steps, depth, out var step) && step * sizeof(T) <= MostStepBytes && (!isFar || step == 1 || step * sizeof(T) <= ShortStepBytes)
            && (uses <= MostRowUses || (uses * width * sizeof(T) <= MostWidthBytes && step * sizeof(T) <= ShortStepBytes));
        for (var i = 0; i < count; i++)
        {
            var shape = shapes[i];
            var stride = shape.Count > 1 ? rows[shape.First + 1] - rows[shape.First] : 0;
            if (mayStay && shape.Lanes == 1 && shape.Width == shape.Count && !Lines.Collide(stride * sizeof(T), shape.Count) && Offsets.HaveStride(rows + shape.First, shape.Count, stride))
                panels[i] = new Panel<T> { Start = x + rows[shape.First] + steps[0], Stride = stride, Step = step };
            else
                Reserve(shape, depth, ref block, panels + i);
        }

        Packing<T>.Pack(x, rows, shapes, count, steps, depth, panels);
    }

    /// <summary>
    /// Columns of y for <paramref name="uses"/> panels of x; a panel may be read in place when it is full and its columns are neighbours, or be copied by the first
    /// tile that reads it, <paramref name="packsInTiles"/>: memory that is near already is then read once. Where they are packed <paramref name="oneByOne"/>, when their turn comes, they all lie in one place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OfColumns(
        nint* columns, PanelShape* shapes, int count, nint* steps, int depth, long uses, bool packsInTiles, bool oneByOne, T* y, T* block, Panel<T>* panels)
    {
        var isEven = IsEven(steps, depth, out var step);
        var mayStay = MayStay(steps, depth, uses, packsInTiles);
        for (var i = 0; i < count; i++)
        {
            var shape = shapes[i];
            var areVectors = shape.Lanes == 1 && shape.Width == shape.Count && shape.Neighbours;
            if (mayStay && areVectors)
            {
                panels[i] = new Panel<T> { Start = y + columns[shape.First] + steps[0], Stride = 1, Step = step };
                continue;
            }

            var place = block;
            Reserve(shape, depth, ref block, panels + i);
            if (oneByOne) block = place;
            if (!packsInTiles || !isEven || !areVectors) continue;
            panels[i].Source = y + columns[shape.First] + steps[0];
            panels[i].SourceStep = step;
        }

        if (!oneByOne) Packing<T>.Pack(y, columns, shapes, count, steps, depth, panels);
    }

    /// <summary>Whether columns of y that are neighbours may be read in place, for so many panels of x.</summary>
    internal static bool MayStay(nint* steps, int depth, long uses, bool packsInTiles) => IsEven(steps, depth, out var step) && uses <= (packsInTiles ? MostCopiedUses : MostColumnUses) && step * sizeof(T) <= MostStepBytes;

    /// <summary>Panels whose elements are where they are for now only: all are packed, from <paramref name="block"/> on, which then stands behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OfComputed(nint* entries, PanelShape* shapes, int count, nint* steps, int depth, T* from, ref T* block, Panel<T>* panels)
    {
        for (var i = 0; i < count; i++) Reserve(shapes[i], depth, ref block, panels + i);
        Packing<T>.Pack(from, entries, shapes, count, steps, depth, panels);
    }

    static void Reserve(PanelShape shape, int depth, ref T* block, Panel<T>* panel)
    {
        // What is computed from padding is discarded; but what lies there from before may be denormal, and each multiplication by it takes some processors a hundred cycles.
        if (shape.Count < shape.Width) ClearPadding((byte*)block, shape.Count * sizeof(T), shape.Width * sizeof(T), depth);
        *panel = new Panel<T> { Start = block, Stride = 1, Step = shape.Width, IsPacked = true };
        block += (nint)shape.Width * depth + PanelShapes.Padding<T>();
    }

    /// <summary>Whole lines from within the entries on, which are written after it, as is what the last line has of the next row; behind the last row there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ClearPadding(byte* row, int from, int width, int depth)
    {
        for (; depth > 0; depth--, row += width)
            for (var line = from / Lines.Bytes * Lines.Bytes; line < width; line += Lines.Bytes) Vector512<byte>.Zero.Store(row + line);
    }

    static bool IsEven(nint* steps, int depth, out nint step)
    {
        step = depth > 1 ? steps[1] - steps[0] : 0;
        return depth > 0 && step >= 0 && Offsets.HaveStride(steps, depth, step);
    }
}
