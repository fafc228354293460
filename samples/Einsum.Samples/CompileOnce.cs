using System.Numerics.Tensors;
using EinsumNet;

namespace EinsumSamples;

/// <summary>An expression for fixed shapes writes into the caller's memory and allocates nothing.</summary>
static class CompileOnce
{
    internal static void Run()
    {
        var product = Einsum.Compile<double>("ij,jk->ik", [4, 4], [4, 4]);
        var step = Tensor.Create<double>([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0], [4, 4]);
        var power = Einsum.Eval<double>("ij->ij", step);
        var next = Tensor.CreateFromShape<double>([4, 4]);

        for (var i = 1; i < 4; i++)
        {
            product.InvokeInto(next, power, step);
            (power, next) = (next, power);
        }
        Console.WriteLine($"the fourth power of a 4-cycle is the identity: {power[0, 0]} {power[0, 1]}");
    }
}
