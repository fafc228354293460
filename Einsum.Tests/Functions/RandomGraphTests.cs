using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Random traced graphs of any operations, compiled against the interpreter.</summary>
[Parallelizable(ParallelScope.All)]
sealed class RandomGraphTests
{
    [Test]
    public void Compiled_agrees_with_the_interpreter([Range(0, 299)] int seed)
    {
        var random = new Random(seed);
        var shape = Shape(random, seed);
        ImmutableArray<Dense> inputs = [Numbers(random, shape, seed), Numbers(random, shape, seed)];
        var function = Fn.JitAll(values => Graph(new Random(seed), [.. values]));
        var (compiled, interpreted) = (Run.Compiled(function, [.. inputs]), Run.Interpreted(function, [.. inputs]));
        for (var i = 0; i < compiled.Length; i++) Run.AreClose(compiled[i], interpreted[i], $"result {i}");
        var blocks = Run.InBlocks(function, [.. inputs]);
        for (var i = 0; i < blocks.Length; i++) Run.AreClose(blocks[i], interpreted[i], $"result {i} in blocks\n{EinsumNet.Functions.Program.Compile(function.Trace([.. inputs.Select(input => input.Type)]), new BlockLimits(1024, 2))}");
    }

    internal static Shape Shape(Random random, int seed) => [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => (long)random.Next(seed % 7 == 0 ? 0 : 1, 20))];

    internal static Dense Numbers(Random random, Shape shape, int seed) =>
        seed % 3 == 0 ? new ConvertOp(ElementType.Float).Evaluate([Run.Numbers(random, shape)])[0] : Run.Numbers(random, shape);

    internal static TensorExpr[] Graph(Random random, List<TensorExpr> pool)
    {
        for (var i = 0; i < 12; i++) pool.Add(Grow(random, pool));
        return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => pool[random.Next(pool.Count)]), pool[^1]];
    }

    static TensorExpr Grow(Random random, List<TensorExpr> pool)
    {
        var x = pool[random.Next(pool.Count)];
        var y = pool.Where(other => other.Shape == x.Shape).ElementAt(random.Next(pool.Count(other => other.Shape == x.Shape)));
        var rank = x.Shape.Rank;
        var axis = rank == 0 ? 0 : random.Next(rank);
        switch (random.Next(22))
        {
            case 0: return x + y;
            case 1: return x * 0.5 - y;
            case 2: return Fn.Where(x < y, x, y * 2);
            case 3: return Fn.Max(x, y).Clamp(-3, 3);
            case 4: return x.Sin();
            case 5: return x.Clamp(-4, 2).Exp();
            case 6: return (x.Abs() + 1).Log();
            case 7: return x.Tanh() / (y.Abs() + 1);
            case 8 when rank > 0: return x.Sum(axis) * 0.1;
            case 9 when rank > 0 && x.Shape[axis] > 0: return x.Max(axis);
            case 10 when rank > 0: return x.Transpose([.. Enumerable.Range(0, rank).OrderBy(_ => random.Next())]);
            case 11: return x.Reshape([x.Shape.Aggregate(1L, (product, size) => product * size)]);
            case 12 when rank > 0 && x.Shape[axis] > 1: return x.Slice(axis, 1, x.Shape[axis], random.Next(1, 3));
            case 13 when rank is > 0 and < 4: return x.ExpandDims(axis).Broadcast([.. x.Shape.Take(axis), 2, .. x.Shape.Skip(axis)]);
            case 14 when rank > 0: return Fn.Concat([x, y * 2], axis).Slice(axis, 0, x.Shape[axis]);
            case 15 when rank > 0: return x.CumSum(axis).Clamp(-9, 9);
            case 16 when rank is 1 or 2: return Fn.Einsum(rank == 1 ? "i,j->ij" : "ij,kj->ik", x, y).Clamp(-2, 2);
            case 17 when rank > 0: return Fn.Scan((c, row) => ((c * 0.5 + row).Clamp(-5, 5), c - row), x.Sum(0).Clamp(-1, 1), y, reverse: random.Next(2) == 0).Results;
            case 18 when rank > 0: return Fn.Scan((c, row) => (c * 0.5 + row.Mean(), c), Fn.Constant<double>(0.5).ConvertTo(x.Element), x).Results;
            case 19 when rank > 0: return (x * y).Sum(axis).Sqrt();
            case 20 when rank > 0: return Fn.Vmap((a, b) => a - b.Sum(), [axis, null], axis).Invoke(x, y);
            default: return -x;
        }
    }
}
