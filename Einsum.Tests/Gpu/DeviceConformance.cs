using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Conformance;
using EinsumNet.Tests.Many;

namespace EinsumNet.Tests.Gpu;

/// <summary>The GPU backend on the device that tests run on, as engines find it.</summary>
sealed class DeviceConformance : BackendConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    internal sealed class Target : IConformanceTarget
    {
        // Without a device every test is left out before it comes to this.
        public static EinsumOptions Options => new() { Backend = TestDevices.HasDevice ? TestDevices.Backend : CpuBackend.Default };

        public static ElementType[] Elements => Enum.GetValues<ElementType>();

        public static int Equations(ElementType element) => HasLarge(element) ? 100 : 20;

        /// <summary>The kernels of the others differ from those of int and long by how an element is read and written, which each family has tests of.</summary>
        public static bool HasLarge(ElementType element) =>
            element is ElementType.Float or ElementType.Double or ElementType.Half or ElementType.Complex or ElementType.Int or ElementType.Long or ElementType.Bool;
    }

    /// <summary>Which families the large equations are run with; where sums have no term at all, the result is filled.</summary>
    [Test]
    public void Every_family_of_equations_is_reached()
    {
        using var backend = new GpuBackend(TestDevices.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory, UseVendorLibrary = false });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var steps = Large.Append(new("ij,jk->ik", [[3, 0], [0, 4]])).SelectMany(source => engine.Plan<float>(source.Text, [.. source.Shapes.Select(sizes => Shape.Create(sizes))]).Steps);
        var kernels = steps.Select(step => step.Kernel[(step.Kernel.IndexOf(' ') + 1)..]);
        Assert.That(kernels.Distinct(), Is.EquivalentTo(GpuFamilies.All.Where(family => family is not (MmaFamily or WgmmaFamily)).Select(family => family.Name)));
    }
}

/// <summary>A family of kernels to run equations with, and its options.</summary>
interface IFamily
{
    static abstract EmitOptions Options { get; }

    /// <summary>The entry points of kernels that the large equations have to reach.</summary>
    static abstract string[] Kernels { get; }
}

/// <summary>Each family on the device by name, wherever it can run a step.</summary>
[TestFixture(typeof(Rows)), TestFixture(typeof(Columns)), TestFixture(typeof(Transpose)), TestFixture(typeof(Tiled)), TestFixture(typeof(SplitSums))]
sealed class DeviceFamilyConformance<TFamily> : BackendConformance<DeviceFamilyConformance<TFamily>.Target> where TFamily : IFamily
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    [Test]
    public void Its_kernels_are_launched()
    {
        Large_equations(ElementType.Float);
        foreach (var kernel in TFamily.Kernels) Assert.That(Target.Backend.Launches.GetValueOrDefault(kernel), Is.AtLeast(1), $"{kernel} among {string.Join(", ", Target.Backend.Launches)}");
    }

    internal sealed class Target : IConformanceTarget
    {
        internal static FamilyBackend Backend { get; } = new(TFamily.Options);

        public static EinsumOptions Options => new() { Backend = Backend };

        public static ElementType[] Elements => [ElementType.Float, ElementType.Complex];

        public static int Equations(ElementType element) => 2;
    }
}

sealed class Rows : IFamily
{
    public static EmitOptions Options => new(Family: "rows");

    public static string[] Kernels => ["rows"];
}

sealed class Columns : IFamily
{
    public static EmitOptions Options => new(Family: "columns");

    public static string[] Kernels => ["columns"];
}

sealed class Transpose : IFamily
{
    public static EmitOptions Options => new(Family: "transpose");

    public static string[] Kernels => ["transpose"];
}

sealed class Tiled : IFamily
{
    public static EmitOptions Options => new(Family: "tiled", Splits: 1);

    public static string[] Kernels => ["tiled"];
}

sealed class SplitSums : IFamily
{
    public static EmitOptions Options => new(Family: "tiled", Tile: new TileShape(8, 8, 8, 1, 1), Splits: 3);

    public static string[] Kernels => ["tiled_part"];
}

/// <summary>Lists of operands there.</summary>
sealed class DeviceManyConformance : ManyConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    /// <summary>The one of lists: members by themselves would be a nest here and tiles there.</summary>
    [Test]
    public void Products_of_many_sizes_are_one_kernel()
    {
        using var backend = new GpuBackend(TestDevices.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory });
        var (left, right) = Members.Products(seed: 11, count: 30, most: 60);
        Members.AssertEqual(new EinsumEngine(new EinsumOptions { Backend = backend }).EvalMany("ij,jk->ik", left, right), member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
        Assert.That(backend.Session.Kernels.Statistics.Misses, Is.EqualTo(1));
    }
}

/// <summary>Products by groups there.</summary>
sealed class DeviceRaggedDot : RaggedDotConformance<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Lists of many sizes there.</summary>
sealed class DeviceEvalManyTests : EvalManyTests<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Members as tasks there.</summary>
sealed class DeviceAsyncTests : AsyncTests<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Operands that all members share there.</summary>
sealed class DeviceSharedPanelsTests : SharedPanelsTests<DeviceConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}
