using System.Numerics.Tensors;
using EinsumNet;

namespace EinsumSamples;

/// <summary>Whole names in square brackets, and an ellipsis for the axes that need none.</summary>
static class NamedLabels
{
    internal static void Run()
    {
        var queries = Tensor.CreateFromShape<float>([2, 5, 8]);
        var keys = Tensor.CreateFromShape<float>([2, 7, 8]);

        var scores = Einsum.Eval("[batch query dim],[batch key dim]->[batch query key]", queries, keys);
        var same = Einsum.Eval("...qd,...kd->...qk", queries, keys);

        Console.WriteLine($"{string.Join("x", scores.Lengths.ToArray())} {string.Join("x", same.Lengths.ToArray())}");
    }
}
