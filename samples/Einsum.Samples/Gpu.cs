using EinsumNet;
using EinsumNet.Backends.Gpu;

namespace EinsumSamples;

/// <summary>Einsums on a GPU: operands from the host, tensors that stay on the device, results that are awaited.</summary>
static class Gpu
{
    internal static void Run()
    {
        foreach (var reason in GpuDevice.Missing) Console.WriteLine($"missing: {reason}");
        if (GpuDevice.All.Count == 0) return;

        using var backend = new GpuBackend(GpuDevice.All[0]);
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        float[,] a = { { 1, 2 }, { 3, 4 } };
        var product = engine.Eval("ij,jk->ik", a, a);                        // copied in, computed, copied out

        using var x = backend.ToDevice<float>(a);                             // copied once
        using var y = engine.EvalResident<float>("ij,jk->ik", x, x);          // stays on the device; returns at once
        engine.EvalInto("ij,jk->ik", y, y, x);                                // as a destination
        Console.WriteLine($"{product[0, 0]} {y.ToHost()[0, 0]} on {backend.Device}");

        var later = engine.EvalAsync<float>("ij->", x);                       // the host goes on
        Console.WriteLine($"sum: {later.Result[0]}");

        Operand<float>[] lefts = [x, new float[,] { { 5, 6 } }], rights = [y, a];
        var many = engine.EvalManyResident<float>("ij,jk->ik", lefts, rights); // a list of tensors that stay
        foreach (var tensor in many)
        {
            Console.WriteLine($"{tensor.Shape}: {tensor.ToHost()[0, 0]}");
            tensor.Dispose();
        }

        var either = new EinsumEngine(new EinsumOptions { Backend = AutoBackend.Default }); // the CPU or a GPU, each time the faster
        Console.WriteLine(either.Plan<float>("ij,jk->ik", [64, 64], [64, 64]));
    }
}
