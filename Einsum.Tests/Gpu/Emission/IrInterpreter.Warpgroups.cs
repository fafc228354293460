using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// What products of warpgroups mean: matrices are found in local memory by the addresses that the hardware forms, and a product happens as late as it may, when it is waited for; by then
/// nobody may have touched what it reads.
/// </summary>
sealed unsafe partial class IrInterpreter
{
    const int Warpgroup = 128;

    /// <summary>Per warpgroup the products under way, by group; the last group is open.</summary>
    readonly Dictionary<int, List<List<Action>>> _products = [];

    /// <summary>In which epoch each thread last made its writes visible to products.</summary>
    readonly Dictionary<int, int> _shown = [];

    void Warpgroups(IrStatement statement, int[] threads)
    {
        Assert.That(threads, Has.Length.EqualTo(_kernel.Threads), "not every thread comes to the products");
        switch (statement)
        {
            case ShowToTensorCoresStatement: foreach (var thread in threads) _shown[thread] = _epoch; break;
            case CommitProductsStatement: for (var first = 0; first < threads.Length; first += Warpgroup) Products(first).Add([]); break;
            case WaitProductsStatement wait:
                for (var first = 0; first < threads.Length; first += Warpgroup)
                    for (var groups = Products(first); groups.Count - 1 > wait.Pending; groups.RemoveAt(0)) groups[0].ForEach(product => product());
                break;
        }
    }

    List<List<Action>> Products(int first)
    {
        if (!_products.TryGetValue(first, out var groups)) _products[first] = groups = [[]];
        return groups;
    }

    void Multiply(WgmmaStatement wgmma, int[] threads)
    {
        Assert.That(threads, Has.Length.EqualTo(_kernel.Threads), "not every thread comes to a matrix product");
        Assert.That(Array.TrueForAll(threads, thread => _shown.TryGetValue(thread, out var epoch) && epoch == _epoch - 1), "what was written was not made visible right before the barrier");
        for (var first = 0; first < threads.Length; first += Warpgroup)
        {
            var (group, xStart, yStart) = (first, Whole(wgmma.X.Start, first), Whole(wgmma.Y.Start, first));
            for (var thread = first; thread < first + Warpgroup; thread++) if ((Whole(wgmma.X.Start, thread), Whole(wgmma.Y.Start, thread)) != (xStart, yStart)) Assert.Fail("a warpgroup has one matrix");
            var (x, y) = (Matrix(wgmma.Kind, wgmma.X, xStart, 64, group), Matrix(wgmma.Kind, wgmma.Y, yStart, wgmma.Columns, group));
            Products(group)[^1].Add(() =>
            {
                Assert.That(Matrix(wgmma.Kind, wgmma.X, xStart, 64, group).AsSpan().SequenceEqual(x), "local memory changed while a product read it");
                Assert.That(Matrix(wgmma.Kind, wgmma.Y, yStart, wgmma.Columns, group).AsSpan().SequenceEqual(y), "local memory changed while a product read it");
                Add(wgmma, group, x, y);
            });
        }
    }

    /// <summary>
    /// Lines of 128 bytes, eight of them in 1024 bytes, with bits 4 to 6 of an address changed by those of bits 7 to 9 (PTX ISA, "Shared memory matrix layout"): a line for each row or
    /// column, or, of a matrix across the depth, for each depth and 64 rows or columns.
    /// </summary>
    double[] Matrix(WgmmaKind kind, WgmmaMatrix where, long start, int lines, int reader)
    {
        var (size, memory) = (where.Array.Element.Size(), Memory(where.Array, reader));
        Assert.That(where.Array.Alignment % 1024, Is.Zero);
        Assert.That(start * size % 16, Is.Zero, "a descriptor counts in units of 16 bytes");
        var matrix = new double[lines * kind.Depth];
        for (var line = 0; line < lines; line++)
            for (var at = 0; at < kind.Depth / kind.PerStored; at++)
            {
                var address = start * size + (where.Leading == 0 ? line / 8 * 1024 + line % 8 * 128 + at * size : line / 64 * where.Leading + at / 8 * 1024 + at % 8 * 128 + line % 64 * size);
                var word = memory.Read((address ^ (address >> 7 & 7) << 4) / size, reader, _epoch).Whole;
                for (var i = 0; i < kind.PerStored; i++)
                    matrix[line * kind.Depth + at * kind.PerStored + i] =
                        kind == WgmmaKind.Half ? (double)BitConverter.UInt16BitsToHalf((ushort)word)
                        : kind == WgmmaKind.Tf32 ? BitConverter.UInt32BitsToSingle((uint)word & 0xffffe000)
                        : BitConverter.UInt32BitsToSingle((uint)(word >> 16 * i & 0xffff) << 16);
            }
        return matrix;
    }

    /// <summary>A sum's register r of a thread is at row 16 warp + lane / 4 + 8 (r / 2 % 2), column 8 (r / 4) + 2 (lane % 4) + r % 2 (PTX ISA, "Matrix fragments for wgmma").</summary>
    void Add(WgmmaStatement wgmma, int first, double[] x, double[] y)
    {
        var depth = wgmma.Kind.Depth;
        for (var thread = 0; thread < Warpgroup; thread++)
        {
            var sums = Memory(wgmma.Sums, first + thread);
            for (var r = 0; r < wgmma.Columns / 2; r++)
            {
                var (row, column) = (thread / 32 * 16 + thread % 32 / 4 + r / 2 % 2 * 8, r / 4 * 8 + thread % 4 * 2 + r % 2);
                var sum = sums.Read(r, first + thread, _epoch).Real;
                for (var k = 0; k < depth; k++) sum += x[row * depth + k] * y[column * depth + k];
                sums.Write(r, IrValue.Of(sum), IrType.Float, first + thread, _epoch, 0);
            }
        }
    }
}
