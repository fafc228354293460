using System.Numerics.Tensors;

namespace EinsumNet.Tests.Facade;

/// <summary>Bytes on the managed heap per call, once everything was seen.</summary>
[NonParallelizable]
sealed class AllocationTests
{
    readonly double[,] _matrix = new double[10, 10];
    readonly double[] _vector = new double[10];
    readonly double[] _result = new double[10];
    readonly double[] _square = new double[100];

    [Test]
    public void Eval_allocates_the_result_and_nothing_else()
    {
        var tensor = BytesPerCall(() => Tensor.CreateFromShapeUninitialized<double>([10]));
        Assert.That(tensor, Is.GreaterThan(80));
        Assert.That(BytesPerCall(() => Einsum.Eval("ij,j->i", _matrix, _vector)), Is.EqualTo(tensor));
        Assert.That(BytesPerCall(() => Einsum.Eval<double>("ij,j->i", _matrix, _vector)), Is.EqualTo(tensor));
    }

    [Test]
    public void Invoke_allocates_the_result_and_nothing_else()
    {
        var expression = Einsum.Compile<double>("ij,jk,k->i", [10, 10], [10, 10], [10]);
        var tensor = BytesPerCall(() => Tensor.CreateFromShapeUninitialized<double>([10]));
        Assert.That(BytesPerCall(() => expression.Invoke(_matrix, _matrix, _vector)), Is.EqualTo(tensor));
    }

    [Test]
    public void EvalInto_allocates_nothing()
    {
        Assert.That(BytesPerCall(() => Einsum.EvalInto<double>("ij,j->i", _result, _matrix, _vector)), Is.Zero);
        Assert.That(BytesPerCall(() => Einsum.EvalInto("ij,jk->ki", new TensorSpan<double>(_square, [10, 10]), _matrix, _matrix)), Is.Zero);
        Assert.That(BytesPerCall(() => Einsum.EvalInto<double>("i,i,->i", _result, _vector, _vector, 2.0)), Is.Zero);
    }

    [Test]
    public void InvokeInto_allocates_nothing()
    {
        var expression = Einsum.Compile<double>("ij,jk,k->i", [10, 10], [10, 10], [10]);
        Assert.That(BytesPerCall(() => expression.InvokeInto(_result, _matrix, _matrix, _vector)), Is.Zero);
    }

    /// <summary>The least of some runs: now and then the runtime itself allocates, as it replaces a method by an optimised one.</summary>
    static long BytesPerCall(Action call)
    {
        for (var i = 0; i < 100; i++) call();
        return Enumerable.Range(0, 20).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
