using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Kernels of halves compute in float and round once, so one step needs no copies in float; several steps do, for what lies between them.</summary>
sealed class HalfPlanTests
{
    [Test]
    public void A_product_is_one_kernel_on_tensor_cores()
    {
        var plan = Plan("ij,jk->ik");
        Assert.That(plan.Steps.Select(step => step.Kernel), Is.EqualTo(new[] { "contraction: tensor-core" }));
        Assert.That(plan.Kernels.WorkspaceBytes, Is.Zero);
    }

    [Test]
    public void A_chain_keeps_its_intermediate_in_float() =>
        Assert.That(Plan("ij,jk,kl->il").Steps.Select(step => step.Contraction), Is.EqualTo(new[] { "Half to float", "Half to float", "Half to float", "jk,kl->jl", "ij,jl->il", "float to Half" }));

    static EinsumPlan Plan(string equation)
    {
        using var backend = new GpuBackend(GpuDevice.Of(new FakeCuda().Device), new GpuOptions { CacheDirectory = "", UseVendorLibrary = false });
        var plan = new EinsumEngine(new EinsumOptions { Backend = backend }).Plan<Half>(equation, [.. Enumerable.Repeat<Shape>([128, 128], Equation.Parse(equation).Inputs.Length)]);
        // Steps are made when they are first asked for, which needs the backend.
        Assert.That(plan.Steps, Is.Not.Empty);
        return plan;
    }
}
