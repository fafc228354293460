using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Functions on the device that tests run on.</summary>
sealed class DeviceFunctionConformance : FunctionConformance<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    internal sealed class Target : IFunctionTarget
    {
        static readonly Lazy<EinsumEngine> s_engine = new(() => new EinsumEngine(new EinsumOptions { Backend = TestDevices.Backend }));

        public static EinsumEngine Engine => s_engine.Value;

        public static int Graphs => 6;

        public static int MappedOf => 12;

        public static bool HasFewSizes => true;
    }
}

/// <summary>Loops there.</summary>
sealed class DeviceLoopTests : LoopTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Mapped axes there.</summary>
sealed class DeviceAxisTests : AxisTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>JAX's documentation there.</summary>
sealed class DeviceJaxTests : JaxTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Layers there.</summary>
sealed class DeviceLayerTests : LayerTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Values at the ends of their types there.</summary>
sealed class DeviceValueTests : ValueTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Whiles there.</summary>
sealed class DeviceWhileTests : WhileTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Pairwise contractions there.</summary>
sealed class DeviceDotTests : DotTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Loops whose bodies reduce and contract there.</summary>
sealed class DeviceSequenceTests : SequenceTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Random layers there.</summary>
sealed class DeviceRandomLayerTests : RandomLayerTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Sums around the sizes of tiles there.</summary>
sealed class DeviceJamTests : JamTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Mapped random graphs there.</summary>
sealed class DeviceRandomTransformTests : RandomTransformTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Elements of every type there.</summary>
sealed class DeviceMoreElementTypeTests : MoreElementTypeTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Options of engines there.</summary>
sealed class DeviceEngineTests : EngineTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Lines that errors name there.</summary>
sealed class DeviceErrorLineTests : ErrorLineTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}

/// <summary>Mapped operations there.</summary>
sealed class DeviceMappedOperationTests : MappedOperationTests<DeviceFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();
}
