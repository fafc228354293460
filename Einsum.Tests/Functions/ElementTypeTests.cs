using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Elements of every type, alone and mixed in one kernel, against the interpreter.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ElementTypeTests
{
    static readonly ElementType[] s_numbers = [ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Long];

    [Test]
    public void Random_graphs_of_all_types_agree_with_the_interpreter([Range(0, 299)] int seed)
    {
        var random = new Random(seed);
        var shape = RandomShape(random);
        ImmutableArray<Dense> inputs = [.. Enumerable.Range(0, 3).Select(_ => Numbers(random, shape, ElementType.Double))];
        var function = Fn.JitAll(values => Graph(new Random(seed), [.. values]));
        var expected = Run.Interpreted(function, [.. inputs]);
        foreach (var actual in (ImmutableArray<Dense>[])[Run.Compiled(function, [.. inputs]), Run.InBlocks(function, [.. inputs])])
            for (var i = 0; i < actual.Length; i++) Run.AreClose(actual[i], expected[i], $"result {i}");
    }

    internal static Shape RandomShape(Random random) => [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => (long)random.Next(1, 40))];

    /// <summary>Numbers that stand exactly in every type, so that no comparison hangs on a rounding.</summary>
    internal static Dense Numbers(Random random, Shape shape, ElementType element) =>
        new ConvertOp(element).Evaluate([Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => (double)random.Next(-6, 7)).ToArray())])[0];

    internal static TensorExpr[] Graph(Random random, List<TensorExpr> pool)
    {
        var shape = pool[0].Shape;
        foreach (var element in s_numbers.Append(ElementType.Bool)) pool.Add(pool[random.Next(3)].ConvertTo(element));
        for (var i = 0; i < 14; i++) pool.Add(Grow(random, pool, shape));
        return [.. Enumerable.Range(0, 3).Select(_ => pool[random.Next(pool.Count)]), pool[^1]];
    }

    static TensorExpr Grow(Random random, List<TensorExpr> pool, Shape shape)
    {
        var numbers = pool.Where(value => value.Element != ElementType.Bool).ToList();
        var x = numbers[random.Next(numbers.Count)];
        var others = numbers.Where(other => other.Element == x.Element).ToList();
        var y = others[random.Next(others.Count)];
        var bools = pool.Where(value => value.Element == ElementType.Bool).ToList();
        var (b, c) = (bools[random.Next(bools.Count)], bools[random.Next(bools.Count)]);
        var axis = random.Next(shape.Rank);
        return random.Next(20) switch
        {
            0 => Held(x + y),
            1 => Held(x * 2 - y),
            2 => Fn.Min(x, y),
            3 => Fn.Max(x, -y),
            4 => x.Abs(),
            5 => Fn.Where(b, x, y),
            6 => x < y,
            7 => x <= y,
            8 => x.EqualTo(y) | !b,
            9 => x.NotEqualTo(y) & c,
            10 => b.EqualTo(c),
            11 => Fn.Where(b, c, b.NotEqualTo(c)),
            12 or 13 => x.ConvertTo(s_numbers[random.Next(4)]),
            14 => b.ConvertTo(s_numbers[random.Next(4)]),
            15 => x.ConvertTo(ElementType.Bool),
            16 => Held(x.Sum(axis).Broadcast(shape.Rank == 2 && axis == 1 ? [shape[1], shape[0]] : shape) is var sum && shape.Rank == 2 && axis == 1 ? sum.Transpose() : sum),
            17 => (shape.Rank == 2 && axis == 1 ? x.ArgMax(1).Broadcast([shape[1], shape[0]]).Transpose() : x.ArgMin(axis).Broadcast(shape)) % 7,
            18 => x.At(y.Reshape([-1])[0].ConvertTo(ElementType.Long)).Broadcast(shape),
            _ => shape.Rank == 1 ? b.All().Broadcast(shape) : b.Any(0).Broadcast(shape),
        };

        static TensorExpr Held(TensorExpr value) => value.Clamp(-9, 9);
    }

    [Test]
    public void Kernels_of_mixed_types_are_vectorised()
    {
        var function = Fn.Jit(x => Fn.Where(x.Convert<float>() > 0.5, x.Convert<int>().Convert<double>(), x));
        var kernel = (NestStep)function.Compile<double>([1000]).Steps.Single();
        // Floats of 128 bits beside doubles of 256: where the doubles have 128, floats would need half a vector.
        Assert.That(kernel.Vector.Lanes, EinsumNet.Backends.Cpu.SimdWidth.Bits == 128 ? Is.EqualTo(1) : Is.GreaterThan(1));
    }

    [TestCase(false), TestCase(true)]
    public void The_place_of_the_greatest_is_found_by_vectors_without_allocation(bool columns)
    {
        var function = Fn.Jit(x => x.ArgMax(columns ? 0 : 1));
        var steps = function.Compile<double>([64, 64]).Steps;
        Assert.That(steps, Is.All.InstanceOf<NestStep>());
        Assert.That(steps.Cast<NestStep>().Select(step => step.Vector.Lanes).ToArray(), EinsumNet.Backends.Cpu.SimdWidth.Bits == 128 ? Has.Length.EqualTo(2) : Is.All.GreaterThan(1));
    }

    [Test]
    public void A_traced_position_is_compiled() => Assert.That(Fn.Jit(x => x.At(x[0][0].Convert<long>()) * 2).Compile<double>([3, 4]).Steps.Single(), Is.InstanceOf<NestStep>());
}
