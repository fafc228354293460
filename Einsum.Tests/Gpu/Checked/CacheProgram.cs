using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>One of several processes that share a directory of kernels: evaluates a few equations, and says how many kernels it compiled.</summary>
static class CacheProgram
{
    static readonly string[] s_equations = ["ij,jk->ik", "ij->ji", "ij->", "i,j->ij"];

    internal static int Run(string directory)
    {
        using var backend = new GpuBackend(TestDevices.Device, new GpuOptions { CacheDirectory = directory });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var random = new Random(1);
        foreach (var equation in s_equations)
        {
            var operands = Equation.Parse(equation).Inputs.Select(term => Operand(random, term.Labels.Length)).ToArray();
            var (actual, expected) = (engine.Eval<float>(equation, operands).ToArray(), Einsum.Eval<float>(equation, operands).ToArray());
            if (actual.Zip(expected).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-4)) return 1;
        }
        Console.WriteLine($"{backend.Session.Kernels.Compiled} compiled");
        return 0;
    }

    static Operand<float> Operand(Random random, int rank)
    {
        const int size = 12;
        var values = Enumerable.Range(0, (int)Math.Pow(size, rank)).Select(_ => (float)random.NextDouble()).ToArray();
        return new(values, [.. Enumerable.Repeat((long)size, rank)]);
    }
}
