using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>What tests of lists whose results stay on a device share.</summary>
static class ResidentLists
{
    internal static readonly EinsumEngine OnDevice = new(new EinsumOptions { Backend = TestDevices.HasDevice ? TestDevices.Backend : CpuBackend.Default });

    internal static FakeCuda Multiplying(bool isLate = false) => new() { Parameters = 9, OnLaunch = (values, _) => BatchTests.Multiply(values), IsLate = isLate };

    internal static GpuBackend Backend(FakeCuda driver, long? budget = null) => new(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "", MemoryBudget = budget });

    internal static EinsumEngine Engine(EinsumBackend backend) => new(new EinsumOptions { Backend = backend });

    internal static EinsumException Error(Action call) => Assert.Throws<EinsumException>(call)!;

    /// <summary>Matrices of <paramref name="rows"/> by 4 whose elements are small integers.</summary>
    internal static Operand<float>[] Matrices(params int[] rows) => [.. rows.Select((count, member) => new Operand<float>(Enumerable.Range(member, count * 4).Select(i => (float)(i % 7 - 3)).ToArray(), [count, 4]))];

    internal static readonly Operand<float>[] Square = [new Operand<float>(Enumerable.Range(0, 16).Select(i => (float)(i % 5 - 2)).ToArray(), [4, 4])];
}
