using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Where a product is cut for threads: rows and columns of tiles, so that the slowest task has least to do.</summary>
[Parallelizable(ParallelScope.All)]
sealed class TaskGridTests
{
    /// <summary>Squares of short rows are cut by rows, others where least is packed twice.</summary>
    [TestCase(256, 256, 4, 2, 1)]
    [TestCase(512, 512, 4, 2, 1)]
    [TestCase(768, 768, 4, 1, 2)]
    [TestCase(256, 256, 8, 2, 1)]
    [TestCase(320, 320, 8, 1, 2)]
    [TestCase(1024, 128, 4, 2, 1)]
    [TestCase(128, 1024, 4, 1, 2)]
    [TestCase(32, 512, 4, 1, 2)]
    public void Two_threads(int rows, int columns, int elementSize, int rowParts, int columnParts)
    {
        var grid = For(1, rows, columns, elementSize, threads: 2);
        Assert.That((grid.RowParts, grid.ColumnParts), Is.EqualTo((rowParts, columnParts)));
    }

    [Test]
    public void Tasks_cover_every_entry_once([Values(1, 3, 7)] int batch, [Values(1, 29, 250)] int rows, [Values(1, 100, 333)] int columns, [Values(1, 2, 5, 16)] int threads)
    {
        var grid = For(batch, rows, columns, sizeof(float), threads);
        var seen = new int[batch, rows, columns];
        for (var task = 0; task < grid.Tasks; task++)
        {
            var part = grid[task];
            for (var b = part.Batch.Start; b < part.Batch.End; b++)
                for (var i = part.Rows.Start; i < part.Rows.End; i++)
                    for (var j = part.Columns.Start; j < part.Columns.End; j++) seen[b, i, j]++;
        }

        Assert.That(seen, Is.All.EqualTo(1));
    }

    static TaskGrid For(int batch, int rows, int columns, int elementSize, int threads) =>
        TaskGrid.For(batch, rows, columns, 256, threads, 14, 128 / elementSize, elementSize, wholeRows: false, 0, 0);
}
