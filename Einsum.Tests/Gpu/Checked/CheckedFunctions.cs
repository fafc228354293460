using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>Every way of emitting kernels of functions, in small shapes.</summary>
static class CheckedFunctions
{
    /// <summary>How many functions ran on the device.</summary>
    internal static int Run(OpenClDevice device)
    {
        using var backend = new GpuBackend(GpuDevice.Of(device), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var random = new Random(2);
        var count = 0;
        foreach (var (name, function, operands) in FunctionKernels.All.Where(each => each.Name != FunctionKernels.Extremes))
        {
            Dense[] values = [.. operands.Select(operand => new ConvertOp(operand.Element).Evaluate([Positive(random, operand.Shape)])[0])];
            var (actual, expected) = (EinsumNet.Tests.Functions.Run.Compiled(function.On(engine), values), EinsumNet.Tests.Functions.Run.Interpreted(function, values));
            for (var i = 0; i < actual.Length; i++) EinsumNet.Tests.Functions.Run.AreClose(actual[i], expected[i], name);
            count++;
        }
        return count;
    }

    /// <summary>Not zero as integers, too.</summary>
    static Dense Positive(Random random, Shape shape) => Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => 1 + 3 * random.NextDouble()).ToArray());
}
