using System.Numerics.Tensors;

namespace EinsumNet.Tests.Facade;

/// <summary>Compiled expressions.</summary>
sealed class ExpressionTests
{
    [Test]
    public void Invoke() =>
        Assert.That(Einsum.Compile<double>("ij,j->i", [2, 3], [3]).Invoke(Values.Matrix, Values.Vector).Elements(), Is.EqualTo(new[] { 321.0, 654 }));

    [Test]
    public void Scalars_have_an_empty_shape_and_may_be_tensors_of_shape_1()
    {
        var expression = Einsum.Compile<double>(",i->i", [], [3]);
        Assert.That(expression.Invoke(2.0, Values.Vector).Elements(), Is.EqualTo(new[] { 2.0, 20, 200 }));
        Assert.That(expression.Invoke(Tensor.Create([2.0]), Values.Vector).Elements(), Is.EqualTo(new[] { 2.0, 20, 200 }));
    }

    [Test]
    public void Operands_of_any_strides()
    {
        var expression = Einsum.Compile<int>("ij->i", [3, 2]);
        Assert.That(expression.Invoke(Values.Range<int>(2, 3).PermuteDimensions([1, 0])).Elements(), Is.EqualTo(new[] { 3, 5, 7 }));
        Assert.That(expression.Invoke(Values.Range<int>(3, 2)).Elements(), Is.EqualTo(new[] { 1, 5, 9 }));
        Assert.That(expression.Invoke(new Operand<int>(new[] { 5 }, [3, 2], [0, 0])).Elements(), Is.EqualTo(new[] { 10, 10, 10 }));
    }

    [Test]
    public void InvokeInto_a_column()
    {
        var expression = Einsum.Compile<double>("ij,j->i", [2, 3], [3]);
        var destination = new double[6];
        expression.InvokeInto(new TensorSpan<double>(destination, 1, [2], [3]), Values.Matrix, Values.Vector);
        Assert.That(destination, Is.EqualTo(new double[] { 0, 321, 0, 0, 654, 0 }));
    }

    [Test]
    public void InvokeInto_a_scalar()
    {
        var destination = new double[1];
        Einsum.Compile<double>("i->", [3]).InvokeInto(destination, Values.Vector);
        Assert.That(destination[0], Is.EqualTo(111));
    }

    [Test]
    public void InvokeInto_the_operand_itself()
    {
        double[,] matrix = { { 1, 2 }, { 3, 4 } };
        Einsum.Compile<double>("ij->ji", [2, 2]).InvokeInto(new TensorSpan<double>(matrix), matrix);
        Assert.That(matrix, Is.EqualTo(new double[,] { { 1, 3 }, { 2, 4 } }));
    }

    [Test]
    public void EvalInto_the_operand_itself()
    {
        double[] vector = [1, 10, 100];
        Einsum.EvalInto<double>(",i->i", vector, 2.0, vector);
        Assert.That(vector, Is.EqualTo(new double[] { 2, 20, 200 }));
    }

    [Test]
    public void It_follows_the_plan_that_it_was_made_of()
    {
        var plan = EinsumPlan.FromJson(Einsum.Plan<float>("ij,jk,kl->il", [2, 3], [3, 4], [4, 5]).ToJson());
        var expression = Einsum.Compile<float>(plan);
        Assert.That(expression.Plan, Is.SameAs(plan));
        Assert.That(expression.Invoke(Values.Range<float>(2, 3), Values.Range<float>(3, 4), Values.Range<float>(4, 5)).Elements(),
            Is.EqualTo(Einsum.Eval("ij,jk,kl->il", Values.Range<float>(2, 3), Values.Range<float>(3, 4), Values.Range<float>(4, 5)).Elements()));
    }

    [Test]
    public void It_keeps_to_the_rules_of_its_plan()
    {
        var diagonal = new EinsumEngine(new EinsumOptions { OutputDiagonal = true });
        Assert.That(Einsum.Compile<double>(diagonal.Plan("i->ii", [2])).Invoke(new double[] { 1, 2 }).Elements(), Is.EqualTo(new double[] { 1, 0, 0, 2 }));
    }

    [Test]
    public void More_strides_than_it_keeps()
    {
        var expression = Einsum.Compile<int>("ij->", [2, 2]);
        for (var gap = 1; gap < 200; gap++)
            Assert.That(expression.Invoke(new Operand<int>(Enumerable.Range(0, 400).ToArray(), [2, 2], [gap, 1]))[0], Is.EqualTo(2 + 2 * gap));
    }

    [Test]
    public void An_empty_result_needs_no_step()
    {
        Assert.That(Einsum.Compile<double>("ij->ji", [0, 3]).Invoke(new double[0, 3]).Shape(), Is.EqualTo(new long[] { 3, 0 }));
        Assert.That(Einsum.Plan("ij->ji", [0, 3]).Steps, Is.Empty);
    }

    /// <summary>Seven words each, of which the first 64 are on the stack: what the last layouts differ in is part of a call's key, too.</summary>
    [Test]
    public void Calls_of_many_operands_differ_in_their_last_layouts([Range(1, 14)] int count)
    {
        var equation = $"{string.Join(',', Enumerable.Repeat("abc", count))}->abc";
        var ones = new Operand<double>(Enumerable.Repeat(1.0, 8).ToArray(), [2, 2, 2]);
        double[] numbers = [0, 1, 2, 3, 4, 5, 6, 7];
        nint[][] orders = [[4, 2, 1], [1, 2, 4], [2, 4, 1]];
        foreach (var from in orders)
            foreach (var to in orders)
            {
                Operand<double>[] operands = [.. Enumerable.Repeat(ones, count - 1), new Operand<double>(numbers, [2, 2, 2], [.. from.Select(stride => (long)stride)])];
                var memory = new double[8];
                Einsum.EvalInto(equation, new TensorSpan<double>(memory, [2, 2, 2], to), operands);
                var result = Einsum.Eval(equation, operands);
                for (var i = 0; i < 8; i++)
                {
                    var (a, b, c) = (i >> 2, i >> 1 & 1, i & 1);
                    var expected = numbers[a * from[0] + b * from[1] + c * from[2]];
                    Assert.That((memory[a * to[0] + b * to[1] + c * to[2]], result[a, b, c]), Is.EqualTo((expected, expected)));
                }
            }
    }
}
