using System.Numerics.Tensors;
using EinsumNet;

namespace EinsumSamples;

/// <summary>A plan travels as a string, so that a library ships the path that it searched for at its own build.</summary>
static class EmbeddedPlan
{
    const string Plan =
        """
        {"version":1,"equation":"ij,jk,kl->il","element":"float","arithmetic":"float","shapes":[[2,3],[3,4],[4,5]],
         "path":[[0,1],[0,1]],"finder":"optimal","remark":null,"strict":false,"outputDiagonal":false,"sizes":{}}
        """;

    internal static void Run()
    {
        var chain = Einsum.Compile<float>(EinsumPlan.FromJson(Plan));
        var result = chain.Invoke(Tensor.CreateFromShape<float>([2, 3]), Tensor.CreateFromShape<float>([3, 4]), Tensor.CreateFromShape<float>([4, 5]));
        Console.WriteLine($"{chain.Plan.Path} gives {string.Join("x", result.Lengths.ToArray())}");
    }
}
