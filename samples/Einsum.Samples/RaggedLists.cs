using EinsumNet;

namespace EinsumSamples;

/// <summary>Products whose shapes all differ, in one call; and rows that each meet the matrix of their group.</summary>
static class RaggedLists
{
    internal static void Run()
    {
        Operand<double>[] lefts = [new double[,] { { 1, 2 } }, new double[,] { { 1 }, { 2 }, { 3 } }];
        Operand<double>[] rights = [new double[,] { { 3 }, { 4 } }, new double[,] { { 10, 20 } }];
        foreach (var product in Einsum.EvalMany("ij,jk->ik", lefts, rights)) Console.WriteLine(string.Join("x", product.Lengths.ToArray()));

        var rows = RaggedTensor<double>.FromRows([[1, 2, 3], [], [4]]);
        Console.WriteLine(string.Join(" ", Einsum.EvalMany("i->", rows).Select(sum => sum[0])));

        double[,] tokens = { { 1, 0 }, { 0, 1 }, { 1, 1 } };
        double[,,] experts = { { { 1 }, { 2 } }, { { 10 }, { 20 } } };
        var routed = Einsum.RaggedDot<double>(tokens, experts, [2, 1]);
        Console.WriteLine($"{routed[0, 0]} {routed[1, 0]} {routed[2, 0]}");
    }
}
