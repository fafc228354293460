using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace EinsumNet.Tests.Conformance;

/// <summary>What holds of any equation, whatever its result; on integers, which wrap and so never depend on an order.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EquationProperties
{
    static readonly Gen<EquationCase> s_cases = Gen.Choose(0, int.MaxValue).Select(seed => new EquationGenerator(seed).Next());

    [Test]
    public void The_order_of_the_operands_is_nothing() => Check(source =>
    {
        var (terms, operands) = (Terms(source), Operands(source));
        var reversed = Eval($"{string.Join(',', terms.AsEnumerable().Reverse())}->{source.Equation.Output}", [.. operands.AsEnumerable().Reverse()]);
        return reversed.SequenceEqual(Eval(source.Text, operands));
    });

    [Test]
    public void The_canonical_text_means_the_same() => Check(source =>
        Eval(source.Equation.ToString(), Operands(source)).SequenceEqual(Eval(source.Text, Operands(source))));

    [Test]
    public void Names_of_labels_are_nothing() => Check(source =>
    {
        var names = source.Equation.Inputs.SelectMany(term => term.Labels).Distinct().Index().ToDictionary(pair => pair.Item, pair => $"label{pair.Index}");
        var text = $"{string.Join(',', source.Equation.Inputs.Select(Rename))}->{Rename(source.Equation.Output)}";
        return Eval(text, Operands(source)).SequenceEqual(Eval(source.Text, Operands(source)));

        string Rename(Subscripts term)
        {
            var words = term.Labels.Select(label => names[label]).ToList();
            if (term.HasEllipsis) words.Insert(term.EllipsisPosition, "...");
            return $"[{string.Join(' ', words)}]";
        }
    });

    [Test]
    public void Any_path_gives_the_same() => Check(source =>
    {
        var expected = Eval(source.Text, Operands(source));
        return Enumerable.Range(0, 3).All(seed =>
            Eval(source.Text, Operands(source), new EinsumEngine(new EinsumOptions { PathFinder = new RandomPaths(seed) })).SequenceEqual(expected));
    });

    [Test]
    public void It_is_linear_in_each_operand() => Check(source =>
    {
        var (left, right) = (Operands(source), Operands(source, seed: 1));
        for (var i = 1; i < source.Operands; i++) right[i] = left[i];
        var sum = left.ToArray();
        sum[0] = new(Array.ConvertAll([.. left[0].Elements.Zip(right[0].Elements)], pair => pair.First + pair.Second), left[0].Shape);
        return Eval(source.Text, sum).SequenceEqual(Eval(source.Text, left).Zip(Eval(source.Text, right), (a, b) => a + b));
    });

    [Test]
    public void A_transposed_output_is_the_output_transposed() => Check(source =>
    {
        var output = source.Equation.Output;
        if (output.HasEllipsis || output.Labels.IsEmpty) return true;
        var (forward, backward) = ($"[{string.Join(' ', output.Labels)}]", $"[{string.Join(' ', output.Labels.Reverse())}]");
        var inputs = string.Join(',', Terms(source));
        var result = new ReferenceEvaluator.Array<long>(Eval($"{inputs}->{forward}", Operands(source)), source.ResultShape);
        return Eval($"{inputs}->{backward}", Operands(source)).SequenceEqual(Eval($"{forward}->{backward}", [result]));
    });

    static string[] Terms(EquationCase source) => [.. source.Equation.Inputs.Select(term => term.ToString())];

    static ReferenceEvaluator.Array<long>[] Operands(EquationCase source, int seed = 0)
    {
        var random = new Random(seed);
        return [.. source.Shapes.Select(shape => StridedArray<long>.RandomOperand(shape, () => random.NextInt64(), random).RowMajor())];
    }

    static long[] Eval(string text, ReferenceEvaluator.Array<long>[] operands, EinsumEngine? engine = null)
    {
        var result = (engine ?? EinsumEngine.Default).Eval(text, [.. operands.Select(operand => new Operand<long>(operand.Elements, [.. operand.Shape]))]);
        var elements = new long[result.FlattenedLength];
        result.FlattenTo(elements);
        return elements;
    }

    static void Check(Func<EquationCase, bool> property) => Prop.ForAll(Arb.From(s_cases), property).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(7, 7));

    /// <summary>One, two or more operands at a time, in any order.</summary>
    sealed class RandomPaths(int seed) : IPathFinder
    {
        public string Name => "random";

        public ContractionPath Find(ContractionProblem problem)
        {
            var (random, left) = (new Random(seed), problem.Inputs.Length);
            var steps = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
            while (left > 1)
            {
                var positions = Enumerable.Range(0, left).ToArray();
                random.Shuffle(positions);
                steps.Add([.. positions[..random.Next(1, Math.Min(4, left + 1))].Order()]);
                left += 1 - steps[^1].Length;
            }
            return new ContractionPath(steps.ToImmutable());
        }
    }
}
