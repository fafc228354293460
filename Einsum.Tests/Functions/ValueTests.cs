using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Elements where types end: conversions, numbers that are none, positions outside, sums that would wrap around or be rounded; compiled on an engine.</summary>
[Parallelizable(ParallelScope.All)]
abstract class ValueTests<TTarget> where TTarget : IFunctionTarget
{
    static readonly ElementType[] s_numbers = [ElementType.Float, ElementType.Double, ElementType.Int, ElementType.Long, ElementType.Bool];

    static void Agrees(TensorFunction function, params Dense[] operands)
    {
        foreach (var (actual, expected) in Run.Compiled(function.On(TTarget.Engine), operands).Zip(Run.Interpreted(function, operands)))
        {
            if (actual.Element == ElementType.Half) Assert.That(actual.Data, Is.EqualTo(expected.Data));
            else Run.AreClose(actual, expected);
        }
    }

    [Test]
    public void Every_type_converts_to_every_other([Values] ElementType from) => Agrees(
        Fn.JitAll(x => [.. Enum.GetValues<ElementType>().Select(to => x[0].ConvertTo(from).ConvertTo(to))]), Dense.Of([3, 37], Enumerable.Range(0, 111).Select(i => i * 0.25).ToArray()));

    [Test]
    public void Special_values_are_kept()
    {
        double[] values = [double.NaN, 1, -1, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 5, double.NaN, 2, 3, 4, 5, 6, 7, 8, 9];
        var function = Fn.JitAll(x => [Fn.Where(x[0] < 2, Fn.Max(x[0], 0.5), Fn.Min(x[0].Abs(), 4)), x[0].Max(), x[0].Slice(0, 1, 9).Min(), x[0].Sum(), x[0].Slice(0, 1, 4).Sum()]);
        foreach (var (actual, expected) in Run.Compiled(function.On(TTarget.Engine), Dense.Of([values.Length], values)).Zip(Run.Interpreted(function, Dense.Of([values.Length], values))))
            Assert.That(actual.As<double>(), Is.EqualTo(expected.As<double>()));
    }

    [Test]
    public void Conversions_out_of_range_are_those_of_single_elements([Values] bool fromFloat)
    {
        double[] numbers = [0, -0.0, 0.5, -0.5, 1.5, -2.5, 1e9, -1e9, 3e9, -3e9, 1e19, -1e19, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 2147483647, -2147483648, 9.3e18, -9.3e18];
        var x = Dense.Of([numbers.Length], numbers);
        foreach (var to in s_numbers)
        {
            var function = Fn.Jit(value => (fromFloat ? value.Convert<float>() : value).ConvertTo(to));
            Assert.That(Run.Compiled(function.On(TTarget.Engine), x)[0].Data, Is.EqualTo(Run.Interpreted(function, x)[0].Data), to.ToString());
            var whole = Fn.Jit(value => (fromFloat ? value.Convert<int>() : value.Convert<long>()).ConvertTo(to));
            Assert.That(Run.Compiled(whole.On(TTarget.Engine), x)[0].Data, Is.EqualTo(Run.Interpreted(whole, x)[0].Data), $"whole to {to}");
        }
    }

    [Test]
    public void The_first_NaN_is_the_greatest_and_the_least()
    {
        var x = Dense.Of([3, 4], [1.0, 2, double.NaN, double.NaN, 0.0, -0.0, 0.0, -1, 5, 5, 4, 5]);
        foreach (var function in (TensorFunction[])[Fn.Jit(v => v.ArgMax(1)), Fn.Jit(v => v.ArgMin(1)), Fn.Jit(v => v.ArgMax(0)), Fn.Jit(v => v.ArgMin(0))])
            Assert.That(Run.Compiled(function.On(TTarget.Engine), x)[0].Data, Is.EqualTo(Run.Interpreted(function, x)[0].Data));
        Assert.That(Run.Compiled(Fn.Jit(v => v.ArgMax(1)).On(TTarget.Engine), x)[0].Data, Is.EqualTo([2L, 0, 0]));
    }

    [Test]
    public void A_traced_position_is_held_inside([Values(-3, 2, 9)] long position)
    {
        var function = Fn.Jit(x => x.At((x[0][0] + (double)position).Convert<long>()) * 2);
        var x = Dense.Of([3, 4], [.. Enumerable.Range(0, 12).Select(i => (double)i)]);
        var row = Math.Clamp(position, 0, 2);
        Assert.That(Run.Compiled(function.On(TTarget.Engine), x)[0].Data, Is.EqualTo(Enumerable.Range(0, 4).Select(i => 2.0 * (4 * row + i))));
    }

    [Test]
    public void Bytes_wrap_as_in_CSharp() => Assert.That(Fn.Jit((x, y) => x * y - 1).On(TTarget.Engine).Eval<byte>(new byte[] { 200, 3, 0 }, new byte[] { 2, 5, 9 }).ToArray(), Is.EqualTo(new byte[] { 143, 14, 255 }));

    static ElementType[] Small => TTarget.HasFewSizes ? [ElementType.SByte] : [ElementType.SByte, ElementType.Byte, ElementType.Short, ElementType.UShort];

    [Test]
    public void Means_of_small_integers_neither_wrap_nor_need_their_count([ValueSource(nameof(Small))] ElementType element)
    {
        // 70000 is neither of one byte nor of two; 100 + 27 is no sbyte twice over.
        var numbers = new ConvertOp(element).Evaluate([Dense.Of([70000], Enumerable.Range(0, 70000).Select(i => i % 2 == 0 ? 100L : 27).ToArray())])[0];
        var function = Fn.Jit(x => x.Mean());
        Assert.That(Run.Compiled(function.On(TTarget.Engine), numbers)[0].Doubles(), Is.EqualTo([63.0]));
        Agrees(Fn.JitAll(x => [x[0].Mean(), x[0].Reshape([2, 35000]).Mean(1), x[0].Reshape([200, 350]).Mean(0)]), numbers);
    }

    [Test]
    public void Fractions_beyond_an_integer_convert_to_the_nearest()
    {
        double[] x = [300.7, -5.5, double.NaN, 1e30, double.NegativeInfinity, 254.9];
        Assert.That(Fn.Jit(v => v.Convert<byte>()).On(TTarget.Engine).Eval<double, byte>(x).ToArray(), Is.EqualTo(new byte[] { 255, 0, 0, 255, 0, 254 }));
        Assert.That(Fn.Jit(v => v.Convert<short>()).On(TTarget.Engine).Eval<double, short>(x).ToArray(), Is.EqualTo(new short[] { 300, -5, 0, short.MaxValue, short.MinValue, 254 }));
        Assert.That(Fn.Jit(v => v.Convert<int>()).On(TTarget.Engine).Eval<double, int>(x).ToArray(), Is.EqualTo(new[] { 300, -5, 0, int.MaxValue, int.MinValue, 254 }));
        Assert.That(Fn.Jit(v => v.Convert<ulong>()).On(TTarget.Engine).Eval<double, ulong>(x).ToArray(), Is.EqualTo(new ulong[] { 300, 0, 0, ulong.MaxValue, 0, 254 }));
    }

    [Test]
    public void Sums_of_Half_accumulate_in_float()
    {
        var ones = Enumerable.Repeat(Half.One, 4096).ToArray();
        var function = Fn.JitAll(x => [x[0].Sum(), x[0].Mean(), x[0].CumSum(0)[-1], x[0].Dot(x[0]), (x[0] * 100).Mean()]);
        var results = function.On(TTarget.Engine).EvalAll<Half>(ones).Select(result => (float)result.ToArray()[0]);
        Assert.That(results, Is.EqualTo([4096f, 1, 4096, 4096, 100]));
        Agrees(function, Dense.Of([4096], ones));
    }
}

/// <summary>On the processor.</summary>
sealed class CpuValueTests : ValueTests<CpuFunctionConformance.Target>;
