using System.Diagnostics;
using System.Globalization;

namespace EinsumNet.Benchmarks;

/// <summary>The first call of an equation: parse, plan, compile, run.</summary>
static class FirstEvaluations
{
    const int Equations = 200;

    internal static void Print(TextWriter output)
    {
        output.WriteLine($"First calls of {Equations} new pairwise equations each, of new labels and sizes 3 to 40, in a process that has evaluated others; microseconds:");
        output.WriteLine();
        output.WriteLine("| form | median | 95 % | most |");
        output.WriteLine("|---|---|---|---|");
        foreach (var form in (string[])["ij,jk->ik", "bij,bjk->bik", "ij,j->i", "i,i->", "ij,ij->ji", "i,j->ij", "ij,kj->ik", "ijk,kl->ijl"])
        {
            // The first of the form is the runtime's compiler's.
            Measure(form, 0, 40);
            var sorted = Measure(form, 40, Equations).Order().ToList();
            output.WriteLine($"| {form} | {Micro(sorted[sorted.Count / 2])} | {Micro(sorted[sorted.Count * 95 / 100])} | {Micro(sorted[^1])} |");
        }
        output.WriteLine();
    }

    internal static void PrintCold(TextWriter output)
    {
        var (a, b, x) = (new double[7, 5], new double[5, 6], new double[5]);
        var first = Seconds(() => Einsum.Eval("ij,jk->ik", a, b)[0, 0]);
        var second = Seconds(() => Einsum.Eval("ab,b->a", a, x)[0]);
        var third = Seconds(() => Einsum.Eval("pq,qr->rp", a, b)[0, 0]);
        output.WriteLine($"A new process: ij,jk->ik {Milli(first)} ms, then ab,b->a {Milli(second)} ms, then pq,qr->rp {Milli(third)} ms.");
    }

    static List<double> Measure(string form, int from, int count)
    {
        var random = new Random(from);
        var seconds = new List<double>();
        for (var i = 0; i < count; i++)
        {
            // Other letters, from a block of the alphabets that no other equation has.
            var offset = 0x4E00 + 32 * (from + i);
            var equation = string.Concat(form.Select(c => char.IsAsciiLetter(c) ? (char)(offset + c - 'a') : c));
            var sizes = Enumerable.Range(0, 26).Select(_ => random.Next(3, 41)).ToArray();
            Operand<double>[] operands = [.. form.Split("->")[0].Split(',').Select(term => Dense([.. term.Select(label => (long)sizes[label - 'a'])]))];
            var sum = 0.0;
            seconds.Add(Seconds(() => sum = Einsum.Eval<double>(equation, operands).GetPinnableReference()));
            if (sum <= 0) throw new InvalidOperationException($"'{equation}' gave {sum}.");
        }
        return seconds;
    }

    static Operand<double> Dense(Shape shape)
    {
        var elements = new double[shape.Aggregate(1L, (product, size) => product * size)];
        Array.Fill(elements, 1);
        return new Operand<double>(elements, shape);
    }

    static double Seconds(Func<double> evaluate)
    {
        var start = Stopwatch.GetTimestamp();
        evaluate();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static string Micro(double seconds) => (seconds * 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    static string Milli(double seconds) => (seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture);
}
