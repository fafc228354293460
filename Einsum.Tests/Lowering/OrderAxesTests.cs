using System.Numerics;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Lowering;

[Parallelizable(ParallelScope.All)]
sealed class OrderAxesTests
{
    [TestCase("pi,qj,ijkl,rk,sl->pqrs", 32, "ijkl,rk->ijrl; sl,ijrl->ijrs; qj,ijrs->iqrs; pi,iqrs->pqrs", TestName = "A matrix on each axis keeps the others in place")]
    [TestCase("ij,jk,kl->il", 40, "jk,kl->jl; ij,jl->il", TestName = "A chain of matrices is as it was")]
    [TestCase("ijk,jr,kr->ir", 40, "jr,kr->jkr; ijk,jkr->ir", TestName = "The sums stand as in the operand that is given")]
    [TestCase("ijk,kl,jm->iml", 20, "ijk,kl->ijl; jm,ijl->iml", TestName = "What is summed next stands where the labels come that replace it")]
    [TestCase("jix,jk->ik", 40, "jix->ji; ji,jk->ik", TestName = "A sum does not transpose what it keeps")]
    [TestCase("bi,ij,bj->b", 40, "ij,bj->bi; bi,bi->b", TestName = "A sum is the last axis of all that it is over")]
    [TestCase("ijx,jk->ki", 40, "ijx->ij; ij,jk->ki", TestName = "Nor where the result would have it so")]
    [TestCase("b,a,xyab->xyab", 20, "b,a->ab; xyab,ab->xyab", TestName = "A small factor of a large product stands as in the product")]
    [TestCase("bx,xj,bij->ib", 20, "bx,xj->bj; bij,bj->ib", TestName = "A small factor of a sum is as it was")]
    public void Orders(string equation, int size, string expected)
    {
        var program = Of(equation, [.. Equation.Parse(equation).Inputs.Select(term => Shape.Create([.. term.Labels.Select(_ => (long)size)]))]);
        Assert.That(string.Join("; ", program.Steps.Select(program.Print)), Is.EqualTo(expected));
    }

    [Test]
    public void Small_intermediates_are_left_alone()
    {
        var program = Of("pi,qj,ijkl,rk,sl->pqrs", [[5, 5], [5, 5], [5, 5, 5, 5], [5, 5], [5, 5]]);
        Assert.That(OrderAxes.Run(program), Is.SameAs(program));
    }

    /// <summary>Whatever the program, only the order of the axes of intermediates changes, and kernels of the new orders give the same, on integers.</summary>
    [Test]
    public void Any_program_means_the_same([Range(0, 9)] int hundred)
    {
        var changed = 0;
        for (var seed = 100 * hundred; seed < 100 * hundred + 100; seed++)
        {
            var (equation, shapes) = Network(new Random(seed));
            var bound = Bind(equation, shapes);
            var program = Pipeline.ToUnordered(bound, (seed % 2 == 0 ? PathFinder.Optimal : PathFinder.Greedy).Find(Problems.Of(bound)));
            var ordered = OrderAxes.Run(program, leastSize: seed % 3 == 0 ? 8 : 1);
            Assert.That(ordered.Steps.Select(step => step.Operands.ToArray()), Is.EqualTo(program.Steps.Select(step => step.Operands.ToArray())));
            Assert.That(ordered.Steps.Select(step => step.Result.Order().ToArray()), Is.EqualTo(program.Steps.Select(step => step.Result.Order().ToArray())));
            Assert.That(ordered.Steps[^1].Result, Is.EqualTo(program.Steps[^1].Result));
            if (ordered.ToString() == program.ToString()) continue;
            changed++;
            Assert.That(Run<long>(ordered), Is.EqualTo(Run<long>(program)), $"seed {seed}\n{ordered}");
            Assert.That(Run<double>(ordered), Is.EqualTo(Run<long>(program)), $"seed {seed}\n{ordered}");
        }
        Assert.That(changed, Is.GreaterThan(20), "of 100 programs");
    }

    /// <summary>Three to six operands of up to four of nine labels, and a result of some of these.</summary>
    static (string Equation, Shape[] Shapes) Network(Random random)
    {
        var sizes = Enumerable.Range(0, 9).Select(_ => (long)random.Next(2, 4)).ToArray();
        var terms = Enumerable.Range(0, random.Next(3, 7)).Select(_ => random.GetItems("abcdefghi".ToCharArray(), random.Next(1, 5)).Distinct().ToArray()).ToArray();
        var output = terms.SelectMany(term => term).Distinct().Where(_ => random.Next(2) == 0).ToArray();
        random.Shuffle(output);
        return ($"{string.Join(',', terms.Select(term => new string(term)))}->{new string(output)}", [.. terms.Select(term => Shape.Create([.. term.Select(label => sizes[label - 'a'])]))]);
    }

    /// <summary>The program on its kernels, over small integers, whose sums of products are exact in every type.</summary>
    static T[] Run<T>(IndexProgram program) where T : unmanaged, INumber<T>
    {
        var bound = program.Bound;
        var element = ElementTypes.Of(typeof(T));
        TensorLayout[] layouts = [.. bound.Shapes.Select(shape => TensorLayout.RowMajor(shape.AsSpan()))];
        var kernels = Pipeline.ToKernels(program, layouts, TensorLayout.RowMajor(bound.OutputShape.AsSpan()), element, element);
        var random = new Random(1);
        T[][] values = [.. bound.Shapes.Append(bound.OutputShape).Select(shape => new T[shape.Aggregate(1L, (product, size) => product * size)])];
        foreach (var operand in values.SkipLast(1))
            for (var i = 0; i < operand.Length; i++) operand[i] = T.CreateChecked(random.Next(-8, 9));
        var handles = values.Select(array => GCHandle.Alloc(array, GCHandleType.Pinned)).ToArray();
        CpuBackend.Default.Load(kernels, new RunSettings(1, default)).Run(handles.Select(handle => handle.AddrOfPinnedObject()).ToArray());
        foreach (var handle in handles) handle.Free();
        return values[^1];
    }

    static IndexProgram Of(string equation, Shape[] shapes)
    {
        var bound = Bind(equation, shapes);
        return Pipeline.ToSteps(bound, PathFinder.Optimal.Find(Problems.Of(bound)));
    }

    static BoundEquation Bind(string equation, Shape[] shapes) => Binder.Bind(Equation.Parse(equation), shapes, BindingRules.Default);
}
