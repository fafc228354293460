using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Halves are floats between memory and memory: every conversion, and which tensors are converted on their way and which before.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class HalfTests
{
    delegate void Conversion<TFrom, TTo>(TFrom* from, TTo* to) where TFrom : unmanaged where TTo : unmanaged;

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(8)]
    [TestCase(16)]
    public void Every_half_widens_to_the_float_of_its_value(int lanes)
    {
        Conversion<ushort, float> widen = lanes switch
        {
            1 => (from, to) => *to = Halves.Load(from),
            4 => (from, to) => *(Vector128<float>*)to = Halves.Load128(from),
            8 => (from, to) => *(Vector256<float>*)to = Halves.Load256(from),
            _ => (from, to) => *(Vector512<float>*)to = Halves.Load512(from),
        };
        ushort* halves = stackalloc ushort[lanes];
        float* floats = stackalloc float[lanes];
        for (var first = 0; first <= ushort.MaxValue; first += lanes)
        {
            for (var i = 0; i < lanes; i++) halves[i] = (ushort)(first + i);
            widen(halves, floats);
            for (var i = 0; i < lanes; i++) Same(floats[i], (float)BitConverter.UInt16BitsToHalf(halves[i]), $"half {halves[i]:x4}");
        }
    }

    /// <summary>Every half, the floats in the middle between it and the next, those beside the middle, and floats of any bits.</summary>
    [TestCase(1)]
    [TestCase(4)]
    [TestCase(8)]
    [TestCase(16)]
    public void Floats_narrow_to_the_nearest_half_of_two_the_even_one(int lanes)
    {
        Conversion<float, ushort> narrow = lanes switch
        {
            1 => (from, to) => Halves.Store(to, *from),
            4 => (from, to) => Halves.Store128(to, *(Vector128<float>*)from),
            8 => (from, to) => Halves.Store256(to, *(Vector256<float>*)from),
            _ => (from, to) => Halves.Store512(to, *(Vector512<float>*)from),
        };
        float* floats = stackalloc float[lanes];
        ushort* halves = stackalloc ushort[lanes];
        var (count, random) = (0, new Random(41));
        foreach (var value in Values())
        {
            floats[count++] = value;
            if (count < lanes) continue;
            count = 0;
            narrow(floats, halves);
            for (var i = 0; i < lanes; i++) Same((float)BitConverter.UInt16BitsToHalf(halves[i]), (float)(Half)floats[i], $"float {floats[i]:g9}");
        }

        IEnumerable<float> Values()
        {
            for (var bits = 0; bits <= ushort.MaxValue; bits++)
            {
                var (half, next) = (BitConverter.UInt16BitsToHalf((ushort)bits), BitConverter.UInt16BitsToHalf((ushort)(bits + 1)));
                var middle = ((float)half + (float)next) / 2;
                foreach (var value in new[] { (float)half, middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle) }) yield return value;
            }
            // Beside the largest half; the middle between it and what would be the next rounds to infinity.
            foreach (var value in new[] { 65519.996f, 65520f, 65536f, float.MaxValue, float.Epsilon, 1.17549421e-38f }) yield return value;
            for (var i = 0; i < 200_000; i++) yield return BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        }
    }

    static void Same(float found, float expected, string name)
    {
        if (BitConverter.SingleToInt32Bits(found) != BitConverter.SingleToInt32Bits(expected) && !(float.IsNaN(found) && float.IsNaN(expected))) Assert.Fail($"{name}: {found:g9}, expected {expected:g9}");
    }

    [Test]
    public void Rows_of_every_length([Range(0, 40)] int length)
    {
        var (halves, floats, back) = (new ushort[length + 2], new float[length + 2], new ushort[length + 2]);
        new Random(42).NextBytes(MemoryMarshal.AsBytes(halves.AsSpan()));
        fixed (ushort* from = halves, to = back)
        fixed (float* wide = floats)
        {
            Halves.Widen(from, wide + 1, length);
            Halves.Narrow(wide + 1, to + 1, length);
        }
        Assert.That((floats[0], floats[^1], back[0], back[^1]), Is.EqualTo((0f, 0f, (ushort)0, (ushort)0)));
        for (var i = 0; i < length; i++)
        {
            Same(floats[i + 1], (float)BitConverter.UInt16BitsToHalf(halves[i]), $"half {i}");
            if (!float.IsNaN(floats[i + 1])) Assert.That(back[i + 1], Is.EqualTo(halves[i]));
        }
    }

    /// <summary>Products and sums of halves that are written as floats, and of floats that are written as halves.</summary>
    [Test]
    public void Halves_beside_floats([Values(128, 256, 512)] int simdBits)
    {
        var (family, generator, random, ran) = (new EmittedFamily(), new PlanGenerator(4000), new Random(43), 0);
        for (var i = 0; i < 400; i++)
        {
            var plan = generator.Next(ElementType.Float);
            foreach (var mixed in Mixtures(plan))
            {
                if (plan.Kind == KernelKind.Transpose || !family.CanRun(mixed)) continue;
                PlanData.CheckMixed(mixed, family.Create(mixed, simdBits), random);
                ran++;
            }
        }
        Assert.That(ran, Is.GreaterThan(100));
    }

    /// <summary>Stretches of long sums are kept as floats.</summary>
    [TestCase("i->", 70_001, 1)]
    [TestCase("i,i->", 70_001, 1)]
    [TestCase("ij->j", 5003, 21)]
    [TestCase("ij,i->j", 5003, 21)]
    [TestCase("jik->i", 40, 90)]
    public void Long_sums(string equation, int first, int second)
    {
        var (family, random) = (new SplitSumFamily(leastIterations: 2000, leastProduct: double.PositiveInfinity), new Random(45));
        var plan = EquationPlan.Make(equation, ElementType.Float, label => label switch { 'i' => first, 'j' => second, _ => 20 });
        PlanData.Check(Of(plan, ElementType.Half, ElementType.Half), family.Create(Of(plan, ElementType.Half, ElementType.Half), SimdWidth.Bits), random);
        foreach (var mixed in Mixtures(plan)) PlanData.CheckMixed(mixed, family.Create(mixed, SimdWidth.Bits), random);
    }

    static KernelPlan Of(KernelPlan plan, ElementType operands, ElementType result) => PlanData.Mixed(plan, operands, result);

    static KernelPlan[] Mixtures(KernelPlan plan) => [Of(plan, ElementType.Half, ElementType.Float), Of(plan, ElementType.Float, ElementType.Half)];

    /// <summary>What a program of halves has as steps: numbers that are read once are converted on their way, others before, and what is only moved not at all.</summary>
    [TestCase("ij->ji", "30x40", "transpose")]
    [TestCase("ii->i", "30x30", "transpose")]
    [TestCase("ij,ij->ij", "30x40 30x40", "emitted")]
    [TestCase("ij->j", "30x40", "emitted")]
    [TestCase("ij->", "1000x1000", "split")]
    [TestCase("ij,j->i", "30x40 40", "convert emitted")]
    [TestCase("i,j->ij", "30 40", "convert convert emitted")]
    [TestCase("ij,jk->ik", "30x40 40x30", "convert convert direct convert")]
    [TestCase("ij,jk,k->i", "30x40 40x30 30", "convert emitted emitted")]
    [TestCase("ij,ji->ij", "70x90 90x70", "turned")]
    [TestCase("kij,ji->kij", "3x40x64 64x40", "convert convert product convert")]
    [TestCase("abc,b->ca", "30x20x25 20", "convert convert turned convert")]
    public void Steps(string equation, string shapes, string kernels)
    {
        var plan = Einsum.Plan<Half>(equation, [.. shapes.Split(' ').Select(shape => Shape.Create([.. shape.Split('x').Select(long.Parse)]))]);
        Assert.That(string.Join(' ', plan.Kernels.Steps.Select(step => CpuBackend.Default.Describe(step.Plan))), Is.EqualTo(kernels));
    }

    /// <summary>The same equations on values that are exact in halves.</summary>
    [TestCase("ij->ji", "30x40")]
    [TestCase("ij,ij->ij", "33x47 33x47")]
    [TestCase("ij->j", "33x47")]
    [TestCase("ij->", "999x1001")]
    [TestCase("ij,j->i", "33x47 47")]
    [TestCase("i,j->ij", "33 47")]
    [TestCase("ij,jk,k->i", "9x11 11x5 5")]
    [TestCase("ijk,ik->j", "5x70x9 5x9")]
    [TestCase("kij,ji->kij", "3x40x64 64x40")]
    [TestCase("kij,ji,ji->kij", "3x40x64 64x40 64x40")]
    [TestCase("ij,ji->ij", "70x90 90x70")]
    [TestCase("abc,b->ca", "30x20x25 20")]
    [TestCase("abc->cb", "30x20x25")]
    public void Values(string equation, string shapes)
    {
        var random = new Random(44);
        int[][] sizes = [.. shapes.Split(' ').Select(shape => shape.Split('x').Select(int.Parse).ToArray())];
        var numbers = sizes.Select(shape => Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.Next(10) == 0 ? (float)random.Next(-1, 2) : 0).ToArray()).ToArray();
        var halves = Einsum.Eval(equation, [.. Operands<Half>(value => (Half)value)]);
        var floats = Einsum.Eval(equation, [.. Operands<float>(value => value)]);
        Assert.That(halves.ToArray().Select(value => (float)value), Is.EqualTo(floats.ToArray()));

        IEnumerable<Operand<T>> Operands<T>(Func<float, T> of) where T : unmanaged =>
            numbers.Zip(sizes, (values, shape) => (Operand<T>)System.Numerics.Tensors.Tensor.Create(values.Select(of).ToArray(), [.. shape.Select(size => (nint)size)]));
    }

    /// <summary>What large lists of halves do is worth kernels for their sizes, which convert on the way.</summary>
    [Test]
    public void Lists()
    {
        var random = new Random(46);
        var lists = Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 20).Select(i => (Operand<Half>)System.Numerics.Tensors.Tensor.Create(
            Enumerable.Range(0, 300 * (300 + i % 2)).Select(_ => (Half)random.Next(-9, 10)).ToArray(), [300, 300 + i % 2])).ToArray()).ToArray();
        var backend = new CpuBackend();
        var results = new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany("ij,ij->i", lists[0], lists[1]);
        Assert.That(backend.KernelStatistics.Count, Is.EqualTo(2), "one for each of two classes");
        for (var i = 0; i < results.Length; i++) Assert.That(results[i].ToArray(), Is.EqualTo(Einsum.Eval("ij,ij->i", lists[0][i], lists[1][i]).ToArray()));
    }
}
