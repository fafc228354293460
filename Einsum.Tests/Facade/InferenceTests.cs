using System.Numerics;
using System.Numerics.Tensors;

namespace EinsumNet.Tests.Facade;

/// <summary>Every form of Eval: the element type is told by the first operand, the others convert.</summary>
sealed class InferenceTests
{
    [Test]
    public void First_a_scalar() => Assert.That(Einsum.Eval(",i->i", 2.0, Values.Vector).Elements(), Is.EqualTo(new[] { 2.0, 20, 200 }));

    [Test]
    public void First_a_vector() => Assert.That(Einsum.Eval("j,ij->i", Values.Vector, Values.Matrix).Elements(), Is.EqualTo(new[] { 321.0, 654 }));

    [Test]
    public void First_a_matrix() => Assert.That(Einsum.Eval("ij,j->i", Values.Matrix, Values.Vector).Elements(), Is.EqualTo(new[] { 321.0, 654 }));

    [Test]
    public void First_of_rank_3() =>
        Assert.That(Einsum.Eval("ijk,k->ij", new[, ,] { { { 1, 2 }, { 3, 4 } } }, new[] { 1, 10 }).Elements(), Is.EqualTo(new[] { 21, 43 }));

    [Test]
    public void First_of_rank_4() =>
        Assert.That(Einsum.Eval("ijkl->lkji", new[, , ,] { { { { 1f, 2 } }, { { 3, 4 } } } }).Elements(), Is.EqualTo(new[] { 1f, 3, 2, 4 }));

    [Test]
    public void First_a_tensor()
    {
        var transposed = Values.Range<long>(2, 3).PermuteDimensions([1, 0]);
        var result = Einsum.Eval("ij->ij", transposed);
        Assert.That(result.Elements(), Is.EqualTo(new long[] { 0, 3, 1, 4, 2, 5 }));
        Assert.That(result.Shape(), Is.EqualTo(new long[] { 3, 2 }));
    }

    [Test]
    public void A_list_of_operands()
    {
        Operand<double>[] operands = [Values.Matrix, Values.Vector];
        Assert.That(Einsum.Eval<double>("ij,j->i", operands).Elements(), Is.EqualTo(new[] { 321.0, 654 }));
        Assert.That(Einsum.Eval<double>("ij,j->i", Values.Matrix, new Operand<double>(Values.Vector, [3])).Elements(), Is.EqualTo(new[] { 321.0, 654 }));
    }

    [Test]
    public void A_parsed_equation()
    {
        Assert.That(Einsum.Eval<double>(Equation.Parse("ij,j"), Values.Matrix, Values.Vector).Elements(), Is.EqualTo(new[] { 321.0, 654 }));
        Assert.That(Einsum.Eval<double>(Equation.FromSublists([[3, 1], [1]]), Values.Matrix, Values.Vector).Elements(), Is.EqualTo(new[] { 321.0, 654 }));
    }

    [Test]
    public void Scalars_come_back_in_a_tensor_of_shape_1()
    {
        var result = Einsum.Eval("i->", Values.Vector);
        Assert.That(result.Shape(), Is.EqualTo(new long[] { 1 }));
        Assert.That(Einsum.Eval(",->", result, 2.0)[0], Is.EqualTo(222));
    }

    [Test]
    public void Complex_and_bool()
    {
        Complex[] z = [new(1, 2), new(3, -1)];
        Assert.That(Einsum.Eval("i,i->", z, z)[0], Is.EqualTo(new Complex(5, -2)));
        Assert.That(Einsum.Eval("conj(i),i->", z, z)[0], Is.EqualTo(new Complex(15, 0)));
        Assert.That(Einsum.Eval("ij,j->i", new[,] { { true, false }, { true, true } }, new[] { false, true }).Elements(), Is.EqualTo(new[] { false, true }));
    }

    [Test]
    public void So_many_operands_that_no_buffer_on_the_stack_holds_them([Values(8, 9, 31, 32, 33, 70)] int count)
    {
        var equation = string.Join(',', Enumerable.Repeat("i", count)) + "->i";
        var rest = Enumerable.Repeat((Operand<int>)new[] { 1, -1, 3 }, count - 1).ToArray();
        var last = unchecked((int)(uint)BigInteger.ModPow(3, count - 1, BigInteger.Pow(2, 32)));
        Assert.That(Einsum.Eval(equation, new[] { 1, 1, 1 }, rest).Elements(), Is.EqualTo(new[] { 1, count % 2 == 0 ? -1 : 1, last }));
    }

    [Test]
    public void The_empty_tensor_is_no_scalar()
    {
        Assert.That(Einsum.Eval("i->", Tensor<double>.Empty)[0], Is.Zero);
        Assert.That(Einsum.Eval("i->i", Tensor<double>.Empty).Shape(), Is.EqualTo(new long[] { 0 }));
        Assert.That(() => Einsum.Eval("->", Tensor<double>.Empty), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0202"));
        Assert.That(() => Einsum.EvalInto<double>("i->", default, Values.Vector), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0401"));
        Assert.That(() => Einsum.EvalInto<double>("i->i", default, Array.Empty<double>()), Throws.Nothing);
    }

    [Test]
    public void The_result_is_never_a_view_of_an_operand()
    {
        var tensor = Values.Range<int>(4);
        var result = Einsum.Eval("i->i", tensor);
        result[0] = 7;
        Assert.That(tensor[0], Is.Zero);
    }

    [Test]
    public void Null_is_refused_by_name()
    {
        Assert.That(() => Einsum.Eval((string)null!, 1.0), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Eval<double>((Equation)null!, 1.0), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Eval("i->", (double[])null!), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Eval("ij->", (double[,])null!), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Eval("i->", (Tensor<double>)null!), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Plan(null!), Throws.ArgumentNullException);
        Assert.That(() => Einsum.Compile<double>((EinsumPlan)null!), Throws.ArgumentNullException);
        Assert.That(() => new EinsumEngine(null!), Throws.ArgumentNullException);
        Assert.That(() => EinsumPlan.FromJson(null!), Throws.ArgumentNullException);
        Assert.That(() => new EinsumEngine(new EinsumOptions { PathFinder = null! }), Throws.ArgumentNullException);
    }
}
