using System.Collections.Immutable;
using EinsumNet.Tests.Conformance;
using FsCheck;
using FsCheck.Fluent;

namespace EinsumNet.Tests.Lowering;

/// <summary>Steps of random programs as vmaps, and back.</summary>
[Parallelizable(ParallelScope.All)]
sealed class TermProperties
{
    static readonly Gen<IndexProgram> s_programs = Gen.Choose(0, int.MaxValue).Select(seed =>
    {
        var source = new EquationGenerator(seed, extensions: true, mostIterations: 400).Next();
        var bound = Binder.Bind(source.Equation, [.. source.Shapes.Select(sizes => Shape.Create(sizes))], new BindingRules(false, true, EquationCase.GivenSizes));
        var finders = new[] { PathFinder.Optimal, PathFinder.Greedy };
        return Pipeline.ToSteps(bound, seed % 3 < 2 ? finders[seed % 3].Find(Problems.Of(bound)) : ContractionPath.Single(source.Operands));
    });

    [Test]
    public void A_matrix_product_is_a_vmap_of_a_vmap_of_a_dot()
    {
        var bound = Binder.Bind(Equation.Parse("ij,jk->ik"), [[2, 3], [3, 4]], BindingRules.Default);
        var program = Pipeline.ToSteps(bound, ContractionPath.Single(2));
        Assert.That(LowerToVmap.Run(program, program.Steps[0]).ToString(), Is.EqualTo("vmap(vmap(dot, (0, null), 0), (null, 1), 1)"));
    }

    [Test]
    public void Raising_a_lowered_step_gives_its_labels() => Check((program, step) =>
        RaiseTerm.Run(LowerToVmap.Run(program, step)) == TermSignature.Of([.. step.Operands.Select(program.LabelsOf)], step.Result));

    [Test]
    public void A_lowered_step_means_the_step() => Check((program, step) =>
    {
        if (program.LabelsOf(step).Any(label => program.Bound.Labels[label].Size == 0)) return true;
        var random = new Random(1);
        var operands = step.Operands.Select(value => Random(program, program.LabelsOf(value), random)).ToImmutableArray();
        var actual = TermInterpreter.Run(LowerToVmap.Run(program, step), operands);
        var expected = ReferenceEvaluator.Eval(
            Equation.Parse(Print(program, step)), [.. operands.Select(operand => new ReferenceEvaluator.Array<long>(operand.Elements, [.. operand.Shape]))],
            program.Bound.Labels.Index().ToDictionary(pair => $"l{pair.Index}", pair => pair.Item.Size));
        return actual.Elements.SequenceEqual(expected.Elements) && actual.Shape.SequenceEqual(expected.Shape);
    });

    [Test]
    public void Loops_are_merged_and_sorted_once_and_for_all() => Prop.ForAll(Arb.From(s_programs), program =>
    {
        var bound = program.Bound;
        var kernels = Pipeline.ToKernels(
            program, [.. bound.Shapes.Select(shape => TensorLayout.RowMajor(shape.AsSpan()))], TensorLayout.RowMajor(bound.OutputShape.AsSpan()), ElementType.Int, ElementType.Int);
        return kernels.Steps.All(step => step.Plan.Loops.All(loop => loop.Extent > 1) && MergeLoops.Run([.. step.Plan.Loops]).SequenceEqual(step.Plan.Loops));
    }).Check(Quiet);

    static string Print(IndexProgram program, IndexStep step) => $"{string.Join(',', step.Operands.Select(value => Term(program.LabelsOf(value))))}->{Term(step.Result)}";

    static string Term(IEnumerable<int> labels) => $"[{string.Join(' ', labels.Select(label => $"l{label}"))}]";

    static TermInterpreter.Dense Random(IndexProgram program, ImmutableArray<int> labels, Random random)
    {
        ImmutableArray<long> shape = [.. labels.Select(label => program.Bound.Labels[label].Size)];
        return new TermInterpreter.Dense(shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => random.NextInt64(-1000, 1000))]);
    }

    static Config Quiet => Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(3, 3);

    static void Check(Func<IndexProgram, IndexStep, bool> property) =>
        Prop.ForAll(Arb.From(s_programs), program => program.Steps.All(step => property(program, step))).Check(Quiet);
}
