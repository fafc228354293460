using System.Numerics;
using System.Numerics.Tensors;

namespace EinsumNet.Tests.Many;

/// <summary>Rows of different lengths in one allocation.</summary>
sealed class RaggedTensorTests
{
    [Test]
    public void Jagged_arrays_there_and_back()
    {
        double[][] rows = [[1, 2, 3], [], [4]];
        var ragged = RaggedTensor<double>.FromRows(rows);
        Assert.That(ragged.ToJaggedArray(), Is.EqualTo(rows));
        Assert.That(ragged.Offsets.ToArray(), Is.EqualTo(new long[] { 0, 3, 3, 4 }));
        Assert.That(ragged.Values.ToArray(), Is.EqualTo(new double[] { 1, 2, 3, 4 }));
        Assert.That(ragged, Has.Count.EqualTo(3));
    }

    [Test]
    public void Tensors_there_and_back()
    {
        var random = new Random(1);
        Tensor<double>[] rows = [Members.Tensor(random, 2, 3), Members.Tensor(random, 0, 3), Members.Tensor(random, 3, 4).PermuteDimensions([1, 0])];
        var ragged = RaggedTensor<double>.FromRows(rows);
        Assert.That(ragged.EntryShape, Is.EqualTo(Shape.Create([3L])));
        Members.AssertEqual(ragged.ToTensors(), row => rows[row]);
    }

    [Test]
    public void Values_and_offsets_take_one_allocation()
    {
        var bytes = Allocated(rows: 1000) - Allocated(rows: 10);
        Assert.That(bytes, Is.EqualTo(990 * (sizeof(long) + sizeof(double))));

        static long Allocated(int rows)
        {
            var values = new double[rows];
            var offsets = Enumerable.Range(0, rows + 1).Select(row => (long)row).ToArray();
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = RaggedTensor<double>.Create(values, offsets);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Test]
    public void Elements_of_any_size()
    {
        Assert.That(RaggedTensor<byte>.FromRows([[1], [2, 3]]).ToJaggedArray(), Is.EqualTo(new byte[][] { [1], [2, 3] }));
        Assert.That(RaggedTensor<Complex>.FromRows([[Complex.One], [Complex.ImaginaryOne]]).ToJaggedArray(), Is.EqualTo(new Complex[][] { [Complex.One], [Complex.ImaginaryOne] }));
    }
}
