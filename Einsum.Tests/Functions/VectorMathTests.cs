using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Functions of vectors of every width against values of many digits (doubles), against doubles (floats), and against the scalars where they are exact.</summary>
[Parallelizable(ParallelScope.All)]
sealed class VectorMathTests
{
    static readonly string[] s_lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Functions", "function-values.txt")).Where(line => line[0] != '#')];

    static readonly Dictionary<string, (ElementFunction Function, double Ulps)> s_functions = new()
    {
        ["tanh"] = (ElementFunction.Tanh, 2.5),
        ["erf"] = (ElementFunction.Erf, 2.5),
        ["log1p"] = (ElementFunction.Log1P, 3.5),
        ["expm1"] = (ElementFunction.ExpM1, 2.1),
        ["pow"] = (ElementFunction.Pow, 4),
        ["exp"] = (ElementFunction.Exp, 1.5),
        ["log"] = (ElementFunction.Log, 1.5),
        ["sin"] = (ElementFunction.Sin, 1.5),
        ["cos"] = (ElementFunction.Cos, 1.5),
    };

    static readonly ElementFunction[] s_all = [.. s_functions.Values.Select(function => function.Function), ElementFunction.Sqrt];

    [Test]
    public void Doubles_are_within_a_few_units_of_the_last_place([Values("tanh", "erf", "log1p", "expm1", "pow", "exp", "log", "sin", "cos")] string name, [Values(128, 256, 512)] int bits)
    {
        var worst = 0.0;
        foreach (var parts in s_lines.Select(line => line.Split(' ')).Where(parts => parts[0] == name))
        {
            var numbers = parts.Skip(1).Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var expected = numbers[^1];
            var actual = Vector<double>(s_functions[name].Function, bits, numbers[..^1]);
            worst = Math.Max(worst, Math.Abs(actual - expected) / (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)));
        }
        Assert.That(worst, Is.LessThanOrEqualTo(s_functions[name].Ulps));
    }

    [Test]
    public void Floats_are_within_a_few_units_of_the_last_place([Values("tanh", "erf", "log1p", "expm1", "pow", "exp", "log", "sin", "cos")] string name, [Values(128, 256, 512)] int bits)
    {
        var (random, worst, function) = (new Random(8), 0.0, s_functions[name].Function);
        var scalar = Scalars.Method(function, ElementType.Double);
        for (var i = 0; i < 3000; i++)
        {
            float x = (float)(random.NextDouble() * 6 - 0.99), y = (float)(random.NextDouble() * 8 - 4);
            if (name is "pow" or "log") x = Math.Abs(x) + 0.01f;
            var expected = (double)scalar.Invoke(null, name == "pow" ? [(double)x, (double)y] : [(double)x])!;
            var actual = Vector<float>(function, bits, name == "pow" ? [x, y] : [x]);
            worst = Math.Max(worst, Math.Abs(actual - expected) / (MathF.BitIncrement((float)Math.Abs(expected)) - (float)Math.Abs(expected)));
        }
        Assert.That(worst, Is.LessThanOrEqualTo(5));
    }

    [Test]
    public void Remainders_are_exact([Values(128, 256, 512)] int bits)
    {
        var random = new Random(9);
        for (var i = 0; i < 20000; i++)
        {
            double x = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 14)), y = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 5));
            if (i % 3 == 0) (x, y) = (Math.Round(x), Math.Round(y));
            if (i % 5 == 0) x = y * random.Next(-9, 9);
            Assert.That(BitConverter.DoubleToInt64Bits(Vector<double>(ElementFunction.Remainder, bits, [x, y])), Is.EqualTo(BitConverter.DoubleToInt64Bits(x % y)), $"{x:r} % {y:r}");
            Assert.That(Vector<float>(ElementFunction.Remainder, bits, [(float)x, (float)y]), Is.EqualTo((float)x % (float)y), $"{(float)x:r} % {(float)y:r} of floats");
        }
    }

    [Test]
    public void Special_values_are_those_of_scalars([Values(128, 256, 512)] int bits)
    {
        double[] special = [0, -0.0, 1, -1, 0.5, 2, -2, 3, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1e-300, 710, -750, 1e10];
        foreach (var function in s_all.Append(ElementFunction.Remainder))
        {
            var scalar = Scalars.Method(function, ElementType.Double);
            foreach (var x in special)
            {
                foreach (var y in scalar.GetParameters().Length == 2 ? special : [0])
                {
                    object[] operands = scalar.GetParameters().Length == 2 ? [x, y] : [x];
                    var (expected, actual) = ((double)scalar.Invoke(null, operands)!, Vector<double>(function, bits, [.. operands.Cast<double>()]));
                    // Beyond any quarter turn that is known, sines of huge numbers are whatever the machine's are.
                    if (function is ElementFunction.Sin or ElementFunction.Cos && Math.Abs(x) > 1e9) continue;
                    Assert.That(actual, Is.EqualTo(expected).Within(10).Ulps, $"{function} {string.Join(' ', operands)}");
                }
            }
        }
    }

    [Test]
    public void Odd_functions_of_negative_zero_are_negative_zero([Values(ElementFunction.Sin, ElementFunction.Tanh, ElementFunction.Erf, ElementFunction.ExpM1, ElementFunction.Log1P)] ElementFunction function, [Values(128, 256, 512)] int bits)
    {
        Assert.That(double.IsNegative(Vector<double>(function, bits, [-0.0])));
        Assert.That(float.IsNegative(Vector<float>(function, bits, [-0f])));
    }

    /// <summary>Elements beside each other, some of which go a way of their own, have the bits that they have alone.</summary>
    [Test]
    public void Elements_do_not_depend_on_their_neighbours([Values(ElementFunction.Exp, ElementFunction.Log, ElementFunction.Sin, ElementFunction.Cos, ElementFunction.Tanh, ElementFunction.Erf, ElementFunction.Log1P, ElementFunction.ExpM1, ElementFunction.Pow)] ElementFunction function)
    {
        var random = new Random(10);
        double[] special = [double.NaN, double.PositiveInfinity, 0, -0.0, 1e-310, 1e6, -3, 1e300];
        var method = new VectorFunctions(new VectorTypes(2, 8)).Of(function, ElementType.Double);
        for (var i = 0; i < 500; i++)
        {
            var (x, other) = (random.NextDouble() * 4, special[i % special.Length]);
            object[] alone = [.. method.GetParameters().Select(_ => (object)Vector128.Create(x))], beside = [.. method.GetParameters().Select(_ => (object)Vector128.Create(x, other))];
            Assert.That(((Vector128<double>)method.Invoke(null, beside)!)[0], Is.EqualTo(((Vector128<double>)method.Invoke(null, alone)!)[0]), $"{x:r} beside {other:r}");
        }
    }

    /// <summary>The first element of the function of vectors that hold these numbers in every element.</summary>
    static T Vector<T>(ElementFunction function, int bits, T[] numbers) where T : unmanaged
    {
        var element = ElementTypes.Of(typeof(T));
        var method = new VectorFunctions(new VectorTypes(bits / 8 / Unsafe.SizeOf<T>(), Unsafe.SizeOf<T>())).Of(function, element);
        return bits switch
        {
            128 => ((Vector128<T>)method.Invoke(null, [.. numbers.Select(number => (object)Vector128.Create(number))])!)[Vector128<T>.Count - 1],
            256 => ((Vector256<T>)method.Invoke(null, [.. numbers.Select(number => (object)Vector256.Create(number))])!)[Vector256<T>.Count - 1],
            _ => ((Vector512<T>)method.Invoke(null, [.. numbers.Select(number => (object)Vector512.Create(number))])!)[Vector512<T>.Count - 1],
        };
    }
}
