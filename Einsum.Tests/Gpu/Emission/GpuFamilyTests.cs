using System.Numerics;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Every family on every random plan that it says it can run, interpreted, against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class GpuFamilyTests
{
    const int Plans = 60;

    /// <summary>Iterations of a plan: more groups of a launch do but the same, and the interpreter takes its time for each.</summary>
    const long MostIterations = 4000;

    /// <summary>A family that can run few of them gets more, until it has run some.</summary>
    const int MostPlans = 6000, Least = 3;

    /// <summary>The kernels of matrix units take the interpreter long.</summary>
    const int Products = 6;

    static readonly string[] s_matrixUnits = ["tensor-core", "warpgroup"];

    static IEnumerable<string> Families => GpuFamilies.All.Select(family => family.Name).Except(s_matrixUnits);

    [Test]
    public void Random_plans([ValueSource(nameof(Families))] string name, [Values] ElementType element)
    {
        var options = new EmitOptions(Family: name, Specialise: (int)element % 2 == 0);
        Assert.That(Run(name, element, Limits.Card, KernelDialect.OpenCL, options, Plans, Plans), Is.AtLeast(Least));
    }

    static IEnumerable<TestCaseData> MatrixUnits =>
        from name in s_matrixUnits
        from kind in new[] { (ElementType.Half, MatrixPrecision.Full), (ElementType.Double, MatrixPrecision.Full), (ElementType.Float, MatrixPrecision.Tf32), (ElementType.Float, MatrixPrecision.BFloat16) }
        where (name, kind.Item1) is not ("warpgroup", ElementType.Double)
        select new TestCaseData(name, kind.Item1, kind.Item2);

    [TestCaseSource(nameof(MatrixUnits))]
    public void Random_products(string name, ElementType element, MatrixPrecision precision)
    {
        var options = new EmitOptions(Family: name, Specialise: precision == MatrixPrecision.Tf32, Precision: precision);
        Assert.That(Run(name, element, Limits.Cuda(90) with { HasWgmma = true }, KernelDialect.Cuda, options, MostPlans, Products), Is.EqualTo(Products));
    }

    /// <summary>Whether no operand moves along the other's own loops, as the generator has them now and then, and products never do.</summary>
    static bool IsProduct(KernelPlan plan) => plan.Loops.All(loop => loop.Role switch { LoopRole.Left => loop.Strides[1] == 0, LoopRole.Right => loop.Strides[0] == 0, _ => true });

    /// <summary>How many of so many plans the family ran.</summary>
    static int Run(string name, ElementType element, DeviceLimits limits, KernelDialect dialect, EmitOptions options, int plans, int most)
    {
        var (random, generator, count) = (new Random(1), new PlanGenerator(2000 + (int)element, MostIterations), 0);
        var target = new EmitTarget(limits, dialect, options);
        var family = GpuFamilies.All.Single(family => family.Name == name);
        for (var i = 0; i < (count < Least ? MostPlans : plans) && count < most; i++)
        {
            var plan = generator.Next(element);
            if (!family.CanRun(plan, target) || family is MatrixFamily && !IsProduct(plan)) continue;
            count++;
            var kernel = new PlanInterpreted(plan, limits, dialect, options);
            if (options.Precision == MatrixPrecision.Full) PlanData.Check(plan, kernel, random, special: i % 10 == 0);
            else PlanCheck.Rounded(plan, kernel, () => random.NextSingle() * 2 - 1, x => new Complex(x, 0), float.Pow(2, options.Precision == MatrixPrecision.Tf32 ? -11 : -8), float.Epsilon);
        }
        return count;
    }
}
