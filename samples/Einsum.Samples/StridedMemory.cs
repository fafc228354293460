using EinsumNet;

namespace EinsumSamples;

/// <summary>Memory with any strides is used as it lies: here the columns of a column-major matrix.</summary>
static class StridedMemory
{
    internal static void Run()
    {
        double[] columns = [1, 4, 2, 5, 3, 6];
        var a = new Operand<double>(columns, shape: [2, 3], strides: [1, 2]);

        var sums = Einsum.Eval<double>("ij->j", a);

        Console.WriteLine($"{sums[0]} {sums[1]} {sums[2]}");
    }
}
