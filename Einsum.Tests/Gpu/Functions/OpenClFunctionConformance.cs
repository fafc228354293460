using EinsumNet.Tests.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Functions on an OpenCL device.</summary>
sealed class OpenClFunctionConformance : FunctionConformance<OpenClFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();

    internal sealed class Target : IFunctionTarget
    {
        static readonly Lazy<EinsumEngine> s_engine = new(() => new EinsumEngine(new EinsumOptions { Backend = TestDevices.Backend }));

        public static EinsumEngine Engine => s_engine.Value;

        public static int Graphs => 6;

        public static int MappedOf => 12;

        public static bool HasFewSizes => true;
    }
}

/// <summary>Loops on an OpenCL device.</summary>
sealed class OpenClLoopTests : LoopTests<OpenClFunctionConformance.Target>
{
    [OneTimeSetUp]
    public void RequireOpenCl() => TestDevices.RequireOpenCl();
}
