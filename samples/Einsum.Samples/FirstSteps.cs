using EinsumNet;

namespace EinsumSamples;

/// <summary>The example of the README.</summary>
static class FirstSteps
{
    internal static void Run()
    {
        double[,] a = { { 1, 2, 3 }, { 4, 5, 6 } };
        double[] x = [1, 10, 100];

        var y = Einsum.Eval("ij,j->i", a, x);                 // matrix times vector: [321, 654]
        var gram = Einsum.Eval("ij,kj->ik", a, a);            // a times its transpose: 2 x 2
        var total = Einsum.Eval("ij->", a)[0];                // a scalar result has shape [1]: 21

        Console.WriteLine($"{y[0]} {y[1]} {gram[0, 1]} {total}");
        Console.WriteLine(Einsum.Plan("ij,jk,kl->il", [10, 200], [200, 30], [30, 400]));
    }
}
