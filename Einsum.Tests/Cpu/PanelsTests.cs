using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Which panels are read in place.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class PanelsTests
{
    /// <summary>14 rows 4096 bytes apart would share one set of L1, of 8 or 12 lines; in two sets they have room.</summary>
    [TestCase(1024, 14, true)]
    [TestCase(2048, 14, true)]
    [TestCase(1024, 8, false)]
    [TestCase(512, 14, false)]
    [TestCase(1040, 14, false)]
    [TestCase(0, 14, false)]
    public void Rows_that_crowd_a_set_of_L1_are_packed(int stride, int rows, bool isPacked)
    {
        const int depth = 8;
        var x = new float[stride * rows + depth];
        var block = new float[rows * depth + PanelShapes.Padding<float>()];
        nint[] offsets = [.. Enumerable.Range(0, rows).Select(i => (nint)(i * stride))], steps = [.. Enumerable.Range(0, depth).Select(p => (nint)p)];
        var shape = new PanelShape { Count = rows, Width = rows, Lanes = 1, LanePanels = 1 };
        Panel<float> panel;
        fixed (float* from = x, to = block)
        fixed (nint* rowOffsets = offsets, stepOffsets = steps)
            Panels<float>.OfRows(rowOffsets, &shape, 1, stepOffsets, depth, uses: 1, width: 32, isFar: false, from, to, &panel);
        Assert.That(panel.IsPacked, Is.EqualTo(isPacked));
    }

    /// <summary>Across their neighbours rows are read from memory in short steps only, from L2 in longer ones, too.</summary>
    [TestCase(256, true, false)]
    [TestCase(257, true, true)]
    [TestCase(257, false, false)]
    [TestCase(512, false, false)]
    [TestCase(513, false, true)]
    public void Rows_across_their_neighbours(int step, bool isFar, bool isPacked)
    {
        const int rows = 14, depth = 8;
        var x = new float[step * depth + rows];
        var block = new float[rows * depth + PanelShapes.Padding<float>()];
        nint[] offsets = [.. Enumerable.Range(0, rows).Select(i => (nint)i)], steps = [.. Enumerable.Range(0, depth).Select(p => (nint)(p * step))];
        var shape = new PanelShape { Count = rows, Width = rows, Lanes = 1, LanePanels = 1, Neighbours = true };
        Panel<float> panel;
        fixed (float* from = x, to = block)
        fixed (nint* rowOffsets = offsets, stepOffsets = steps)
            Panels<float>.OfRows(rowOffsets, &shape, 1, stepOffsets, depth, uses: 2, width: 32, isFar, from, to, &panel);
        Assert.That(panel.IsPacked, Is.EqualTo(isPacked));
    }

    /// <summary>What lies in a panel's padding is multiplied, too, and takes processors a hundred cycles where it is denormal.</summary>
    [Test]
    public void Padding_is_zero([Values(1, 5, 13)] int entries, [Values(1, 40)] int depth, [Values] bool areNeighbours, [Values] bool areRows)
    {
        const int width = 14;
        var operand = new float[entries * depth];
        Array.Fill(operand, 1);
        var block = new float[width * depth + PanelShapes.Padding<float>()];
        Array.Fill(block, float.Epsilon);
        nint[] offsets = [.. Enumerable.Range(0, entries).Select(i => (nint)(areNeighbours ? i : i * depth))], steps = [.. Enumerable.Range(0, depth).Select(p => (nint)(areNeighbours ? p * entries : p))];
        var shape = new PanelShape { Count = entries, Width = width, Lanes = 1, LanePanels = 1, Neighbours = areNeighbours };
        Panel<float> panel;
        fixed (float* from = operand, to = block)
        fixed (nint* entryOffsets = offsets, stepOffsets = steps)
        {
            if (areRows) Panels<float>.OfRows(entryOffsets, &shape, 1, stepOffsets, depth, uses: 1, width: 32, isFar: false, from, to, &panel);
            else Panels<float>.OfColumns(entryOffsets, &shape, 1, stepOffsets, depth, uses: 1, packsInTiles: false, oneByOne: false, from, to, &panel);
        }
        Assert.That(block[..(width * depth)], Is.EqualTo(Enumerable.Range(0, width * depth).Select(e => e % width < entries ? 1f : 0f)));
    }

    /// <summary>Tile by tile all lines of a panel are asked for, once each: those that its rows touch.</summary>
    [Test]
    public void All_lines_of_the_next_panel_are_asked_for([Values(0, 3, 16)] int start, [Values(16, 24, 32)] int entries, [Values(32, 80, 100)] int step, [Values(4, 7)] int tiles)
    {
        const int depth = 80, line = Lines.Bytes / sizeof(float);
        var steps = Enumerable.Range(0, depth).Select(p => (nint)(p * step)).ToArray();
        var asked = new List<nint>();
        var (operand, lists) = (NativePool.Rent((depth * step + 64) * sizeof(float)), NativePool.Rent(depth * sizeof(nint)));
        var from = (nint)operand.Address + start * sizeof(float);
        var list = (nint*)lists.Address;
        fixed (nint* stepOffsets = steps)
        {
            var areLines = step % line == 0;
            var panel = new NextPanel<float>((float*)from, Math.Min(line, entries - 1), entries - 1, stepOffsets, depth, areLines);
            for (var tile = 0; tile < tiles; tile++)
            {
                Assert.That(panel.Ask(tile, tiles, list, depth) == list);
                foreach (var address in new Span<nint>(list, depth))
                    if (address != (nint)list) asked.Add(address);
            }
        }
        NativePool.Return(operand);
        NativePool.Return(lists);
        var touched = Enumerable.Range(0, depth).SelectMany(p => Enumerable.Range(0, entries).Select(i => (from + (p * step + i) * sizeof(float)) / Lines.Bytes)).Distinct().Order();
        Assert.That(asked.Select(address => address / Lines.Bytes).Distinct().Order(), Is.EqualTo(touched));
        var mostOfRow = start % line == 0 && entries % line == 0 && step % line == 0 ? entries / line : (entries + line - 1) / line + 1;
        Assert.That(asked, Has.Count.LessThanOrEqualTo(depth * mostOfRow));
    }

    /// <summary>Columns that few tiles read stay in place; those of more are copied before, or, where the first tile copies them, of more than seven.</summary>
    [TestCase(7, true, true)]
    [TestCase(8, true, false)]
    [TestCase(32, false, true)]
    [TestCase(33, false, false)]
    public void Columns_of_few_tiles_stay_in_place(int uses, bool packsInTiles, bool stay)
    {
        nint[] steps = [0, 300, 600];
        fixed (nint* offsets = steps) Assert.That(Panels<float>.MayStay(offsets, steps.Length, uses, packsInTiles), Is.EqualTo(stay));
    }
}
