using System.Runtime.CompilerServices;
using EinsumNet.Functions;
using EinsumNet.Tests.Gpu.Checked;

namespace EinsumNet.Tests.Conformance;

/// <summary>A process whose runtime says that it cannot emit code, as one compiled ahead of time would.</summary>
[Parallelizable(ParallelScope.All)]
sealed class WithoutEmissionTests
{
    const string Switch = "System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported";

    const int Equations = 60;

    static readonly ElementType[] s_elements = [ElementType.Float, ElementType.Double, ElementType.Half, ElementType.Int, ElementType.Long, ElementType.Complex, ElementType.Bool];

    [Test]
    public void Equations_and_functions_mean_the_same()
    {
        using var process = ChildProcess.Start(["interpreted"]);
        Assert.That(ChildProcess.Finish(process), Is.EqualTo($"{s_elements.Length * Equations} equations, 2 functions{Environment.NewLine}"));
    }

    /// <summary>What the process does; the first failure ends it.</summary>
    internal static int Run()
    {
        AppContext.SetSwitch(Switch, false);
        if (RuntimeFeature.IsDynamicCodeSupported) throw new InvalidOperationException("The runtime did not take the switch.");
        var engine = new EinsumEngine(new EinsumOptions { OutputDiagonal = true, Sizes = EquationCase.GivenSizes });
        Assert.That(engine.Plan("i,i,i->", [[8], [8], [8]]).Steps.Select(step => step.Kernel), Has.None.Contains("emitted"));

        var count = 0;
        foreach (var element in s_elements)
        {
            var (run, generator) = (ConformanceRun.For(element, engine), new EquationGenerator(700 + (int)element, extensions: true));
            for (var i = 0; i < Equations; i++, count++) run.Eval(generator.Next(), i);
        }
        Console.WriteLine($"{count} equations, {Functions()} functions");
        return 0;
    }

    static int Functions()
    {
        double[] x = [1, 2, 3, 4];
        var sums = Fn.Jit(x => (x * x).CumSum(0));
        Assert.That(sums.Explain<double>([4]), Does.Contain("interpreted"));
        Assert.That(sums.Eval<double>(x).ToArray(), Is.EqualTo([1.0, 5, 14, 30]));
        var loop = Fn.Jit(x => Fn.ForiLoop(0, 4, (i, sum) => sum + x.At(i), Fn.Scalar(0.0)));
        Assert.That(loop.Eval<double>(x)[0], Is.EqualTo(10));
        return 2;
    }
}
