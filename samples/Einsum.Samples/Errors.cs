using EinsumNet;

namespace EinsumSamples;

/// <summary>An error names the label, the operands and their sizes, and points at the text.</summary>
static class Errors
{
    internal static void Run()
    {
        try
        {
            Einsum.Eval("ij,jk->ik", new double[3, 4], new double[5, 6]);
        }
        catch (EinsumException error)
        {
            Console.WriteLine(error.Message);
        }
    }
}
