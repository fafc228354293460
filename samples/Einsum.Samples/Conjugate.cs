using System.Numerics;
using EinsumNet;

namespace EinsumSamples;

/// <summary>A term written <c>conj(...)</c> is conjugated as it is read.</summary>
static class Conjugate
{
    internal static void Run()
    {
        Complex[] state = [new(0.6, 0), new(0, 0.8)];
        var norm = Einsum.Eval("conj(i),i->", state, state);
        Console.WriteLine($"norm {norm[0].Real}");
    }
}
