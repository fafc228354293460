using System.Numerics;

namespace EinsumNet.Benchmarks;

/// <summary>Elements of a result, picked at random, against their sums in double.</summary>
static class SampledCheck
{
    const int Samples = 50;

    /// <summary>The largest error, as a share of the sum of the products' magnitudes.</summary>
    internal static double WorstError<T>(GpuCase one, Complex[][] operands, ReadOnlySpan<T> result, Func<T, Complex> widen)
    {
        var (random, worst) = (new Random(1), 0.0);
        for (var sample = 0; sample < Math.Min(Samples, one.Length(one.Output)); sample++)
        {
            var at = one.Labels.ToDictionary(label => label, label => one.Output.Contains(label) ? random.Next(one.Sizes[label]) : 0);
            var (sum, magnitude) = (Complex.Zero, 0.0);
            Sum([.. one.Labels.Where(label => !one.Output.Contains(label))], 0);
            var error = Complex.Abs(widen(result[(int)Place(one, one.Output, at)]) - sum) / Math.Max(magnitude, double.Epsilon);
            if (!(error <= worst)) worst = error;

            void Sum(char[] summed, int next)
            {
                if (next < summed.Length)
                {
                    for (var i = 0; i < one.Sizes[summed[next]]; i++)
                    {
                        at[summed[next]] = i;
                        Sum(summed, next + 1);
                    }
                    return;
                }
                var product = Complex.One;
                for (var i = 0; i < operands.Length; i++) product *= operands[i][Place(one, one.Terms[i], at)];
                sum += product;
                magnitude += Complex.Abs(product);
            }
        }
        return worst;
    }

    static long Place(GpuCase one, string term, Dictionary<char, int> at) => term.Aggregate(0L, (place, label) => place * one.Sizes[label] + at[label]);
}
