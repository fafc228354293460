using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Random kernel plans on an OpenCL device against the reference.</summary>
[Parallelizable(ParallelScope.All)]
sealed class EmittedPlanTests
{
    const int Plans = 60;

    [Test]
    public void Every_plan([Values] ElementType element)
    {
        var runtime = TestDevices.Runtime;
        var generator = new PlanGenerator(700 + (int)element);
        var random = new Random(1);
        for (var i = 0; i < Plans; i++)
        {
            var plan = generator.Next(element);
            PlanData.Check(plan, new PlanOnDevice(plan, runtime), random);
        }
    }
}
