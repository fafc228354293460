using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Cuts the rows or columns of a block into panels.</summary>
static unsafe class PanelShapes
{
    const int LineBytes = 64;

    /// <summary>Groups of more panels than this are not looked for.</summary>
    const int MostLanePanels = 64;

    /// <summary>Where so many panels one after the other are in no group, the others are not looked at, each of which takes as long as a tile.</summary>
    const int MostTries = 8;

    /// <summary>Fewer lanes than this are not worth a transposition in registers.</summary>
    const int LeastLanes = 4;

    /// <summary>A tile whose columns are no neighbours in the result goes there by way of memory, which takes as long as so many steps of its sum (Zen 5: 4 to 18).</summary>
    const int StoreSteps = 12;

    /// <summary>Elements between panels: else lanes a multiple of 4096 bytes apart would share one set of the L1 cache.</summary>
    internal static int Padding<T>() where T : unmanaged => LineBytes / sizeof(T);

    /// <summary>The most panels, and the most padded columns, that so many columns make.</summary>
    internal static (long Panels, long Padded) Bound(long columns, int tileColumns) => (columns + 1, columns * 5 / 3 + 2 * tileColumns);

    /// <summary>Rows in tiles of one height, the last one apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int OfRows<T, TKernel>(nint* x, nint* c, int count, int height, bool hasNeighbours, PanelShape* shapes)
        where T : unmanaged where TKernel : struct, IMicroKernel<T>
    {
        var found = 0;
        for (var i = 0; i < count; i += height)
        {
            var rows = Math.Min(height, count - i);
            Add(x, i, rows, TKernel.HeightFor(rows), false, shapes, ref found);
            shapes[found - 1].ResultByLines = Offsets.AreMultiples(c + i, rows, LineBytes / sizeof(T));
        }

        if (hasNeighbours) FindLanes(x, shapes, found);
        return found;
    }

    /// <summary>Columns in tiles that end where neighbours in the result end, if these are enough to fill vectors well for sums of <paramref name="depth"/> steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int OfColumns<T, TKernel>(nint* y, nint* c, int count, int depth, bool hasNeighbours, PanelShape* shapes) where T : unmanaged where TKernel : struct, IMicroKernel<T>
    {
        var found = 0;
        for (var i = 0; i < count;)
        {
            var run = Offsets.Run(c + i, count - i);
            // What is left over of the last run has nothing to fill its vectors with.
            var isFull = run == count - i || FillsWell<T, TKernel>(run, depth);
            var direct = isFull ? run : run / TKernel.Columns * TKernel.Columns;
            AddTiles<T, TKernel>(y, i, direct, true, shapes, ref found);
            i += direct;
            if (isFull) continue;
            var mixed = Math.Min(TKernel.Columns, count - i);
            AddTiles<T, TKernel>(y, i, mixed, false, shapes, ref found);
            i += mixed;
        }

        if (hasNeighbours) FindLanes(y, shapes, found);
        return found;
    }

    /// <summary>Columns in full tiles, but where runs of neighbours in y end well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int OfCollected<T, TKernel>(nint* y, int count, PanelShape* shapes) where T : unmanaged where TKernel : struct, IMicroKernel<T>
    {
        var found = 0;
        var half = TKernel.Columns / 2;
        for (var i = 0; i < count;)
        {
            var run = Offsets.Run(y + i, count - i);
            var columns = run % half == 0 || run >= 8 * half ? run : Math.Min(TKernel.Columns, count - i);
            AddTiles<T, TKernel>(y, i, columns, true, shapes, ref found);
            i += columns;
        }

        return found;
    }

    /// <summary>
    /// Whether the run's last vector had better stay in part empty, which takes steps of the sum, than be filled from the next run, which takes a way through memory.
    /// It is full enough for <see cref="Bound"/> in any case.
    /// </summary>
    static bool FillsWell<T, TKernel>(int run, int depth) where T : unmanaged where TKernel : struct, IMicroKernel<T>
    {
        var whole = run / TKernel.Columns * TKernel.Columns;
        if (run == whole) return true;
        var padded = whole + TKernel.WidthFor(run - whole);
        return 10 * run >= 6 * padded && (long)padded * depth <= (long)run * (depth + StoreSteps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddTiles<T, TKernel>(nint* offsets, int first, int count, bool resultNeighbours, PanelShape* shapes, ref int found) where T : unmanaged where TKernel : struct, IMicroKernel<T>
    {
        for (var i = 0; i < count; i += TKernel.Columns)
        {
            var columns = Math.Min(TKernel.Columns, count - i);
            Add(offsets, first + i, columns, TKernel.WidthFor(columns), resultNeighbours, shapes, ref found);
        }
    }

    static void Add(nint* offsets, int first, int count, int width, bool resultNeighbours, PanelShape* shapes, ref int found) =>
        shapes[found++] = new PanelShape
        {
            First = first,
            Count = count,
            Width = width,
            Neighbours = Offsets.AreNeighbours(offsets + first, count),
            ResultNeighbours = resultNeighbours,
            Lanes = 1,
            LanePanels = 1,
        };

    /// <summary>Whether each panel's entries are neighbours in the operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool AreNeighbours(PanelShape* shapes, int count)
    {
        for (var i = 0; i < count; i++)
            if (!shapes[i].Neighbours) return false;

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FindLanes(nint* offsets, PanelShape* shapes, int count)
    {
        for (int i = 0, tries = 0; i < count && tries < MostTries;)
        {
            var panels = shapes[i].Neighbours ? 0 : Distance(offsets, shapes + i, count - i);
            var lanes = 1;
            if (panels > 0)
                while ((lanes + 1) * panels <= count - i && IsLane(offsets, shapes + i, panels, lanes)) lanes++;
            if (lanes < LeastLanes)
            {
                i++;
                tries++;
                continue;
            }

            tries = 0;

            for (var within = i; within < i + lanes * panels; within++) shapes[within].Lanes = 0;
            (shapes[i].Lanes, shapes[i].LanePanels) = (lanes, panels);
            i += lanes * panels;
        }
    }

    /// <summary>How many panels on the first one's first entry has its neighbour; 0 for not near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Distance(nint* offsets, PanelShape* shapes, int count)
    {
        for (var i = 1; i < Math.Min(count, MostLanePanels); i++)
            if (offsets[shapes[i].First] == offsets[shapes[0].First] + 1 && shapes[i].Count == shapes[0].Count) return i;

        return 0;
    }

    /// <summary>Whether the group of panels numbered <paramref name="lane"/> is the first one moved by so many elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool IsLane(nint* offsets, PanelShape* shapes, int panels, int lane)
    {
        for (var i = 0; i < panels; i++)
        {
            var (of, to) = (shapes[i], shapes[lane * panels + i]);
            if (of.Count != to.Count) return false;
            for (var j = 0; j < of.Count; j++)
                if (offsets[to.First + j] != offsets[of.First + j] + lane) return false;
        }

        return true;
    }
}
