namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Finds for each register tile of a block where the micro-kernel reads its operand: in place where few tiles share a panel, so that copying it would
/// not pay, and its elements lie in even strides; in a packed copy otherwise.
/// </summary>
static unsafe class Panels<T> where T : unmanaged
{
    /// <summary>Up to so many uses, reading in place was seen to be faster than packing first (Zen 5, sizes 64 to 1024).</summary>
    const int MostRowUses = 16, MostColumnUses = 32;

    /// <summary>Longer steps through an operand in place visit a page each and crowd few sets of the caches.</summary>
    const int MostStepBytes = 2048;

    /// <summary>Rows of x for <paramref name="uses"/> panels of y; a panel may be read in place when a kernel has exactly its height.</summary>
    internal static void OfRows<TKernel>(
        T* x, nint* rows, int count, nint* steps, int depth, int uses, T* block, Panel<T>* panels) where TKernel : struct, IMicroKernel<T>
    {
        if (uses > MostRowUses || !IsEven(steps, depth, out var step))
        {
            Packing<T>.Pack(x, rows, count, TKernel.Rows, steps, depth, block, panels);
            return;
        }

        for (var i = 0; i < count; i += TKernel.Rows, panels++, block += (nint)TKernel.Rows * depth, rows += TKernel.Rows)
        {
            var height = Math.Min(TKernel.Rows, count - i);
            var stride = height > 1 ? rows[1] - rows[0] : 0;
            if (TKernel.HeightFor(height) == height && Offsets.HaveStride(rows, height, stride))
                *panels = new Panel<T> { Start = x + rows[0] + steps[0], Stride = stride, Step = step };
            else
                Packing<T>.Pack(x, rows, height, TKernel.Rows, steps, depth, block, panels);
        }
    }

    /// <summary>Columns of y for <paramref name="uses"/> panels of x; a full panel of neighbours may be read in place.</summary>
    internal static void OfColumns<TKernel>(
        T* y, nint* columns, int count, nint* steps, int depth, int uses, T* block, Panel<T>* panels) where TKernel : struct, IMicroKernel<T>
    {
        if (uses > MostColumnUses || !IsEven(steps, depth, out var step))
        {
            Packing<T>.Pack(y, columns, count, TKernel.Columns, steps, depth, block, panels);
            return;
        }

        for (var i = 0; i < count; i += TKernel.Columns, panels++, block += (nint)TKernel.Columns * depth, columns += TKernel.Columns)
        {
            var width = Math.Min(TKernel.Columns, count - i);
            if (width == TKernel.Columns && Offsets.AreNeighbours(columns, width))
                *panels = new Panel<T> { Start = y + columns[0] + steps[0], Stride = 1, Step = step };
            else
                Packing<T>.Pack(y, columns, width, TKernel.Columns, steps, depth, block, panels);
        }
    }

    static bool IsEven(nint* steps, int depth, out nint step)
    {
        step = depth > 1 ? steps[1] - steps[0] : 0;
        return depth > 0 && step >= 0 && step * sizeof(T) <= MostStepBytes && Offsets.HaveStride(steps, depth, step);
    }
}
