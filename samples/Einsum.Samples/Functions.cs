using EinsumNet;
using EinsumNet.Functions;

namespace EinsumSamples;

/// <summary>Functions of tensors: mapped, repeated, and compiled into fused loops.</summary>
static class Functions
{
    internal static void Run()
    {
        var squares = Fn.Vmap(x => x * x);
        Console.WriteLine($"squares: {string.Join(' ', squares.Eval<double>(new double[] { 1, 2, 3 }).ToArray())}");

        var matrixVector = Fn.Vmap(Fn.Dot, [0, null], 0);
        var product = Fn.Vmap(matrixVector, [null, 1], 1);
        Console.WriteLine($"{product} is {product.Equation}, and back: {Fn.FromEquation("ij,jk->ik")}");

        var softmax = Fn.Jit(x =>
        {
            var powers = (x - x.Max(-1).ExpandDims(-1)).Exp();
            return powers / powers.Sum(-1).ExpandDims(-1);
        });
        Console.WriteLine(softmax.Explain<double>([64, 100]));

        var account = Fn.Jit(payments => Fn.Scan((balance, payment) => (balance * 1.01 + payment, balance), Fn.Scalar(0.0), payments).Carry);
        Console.WriteLine($"after three payments: {account.Eval<double>(new double[] { 100, 100, 100 })[0]}");

        var root = Fn.Jit(x => Fn.While(guess => (guess * guess - x).Abs() > 1e-12, guess => (guess + x / guess) / 2, x));
        Console.WriteLine($"the root of 2: {root.Eval<double>(2.0)[0]}");
    }
}
