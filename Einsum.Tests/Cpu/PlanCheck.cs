using System.Numerics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Runs a kernel on random data and compares each element with the reference, and everything around them with what was there before.</summary>
static class PlanCheck
{
    /// <summary>Integers wrap, so they are compared exactly, and so is everything that no rounding happens to.</summary>
    internal static void Exact<TOperand, T>(KernelPlan plan, CpuKernel kernel, Func<TOperand> next, PlanReference<TOperand, T> reference)
        where TOperand : unmanaged where T : unmanaged
    {
        var run = new PlanRun<TOperand, T>(plan, next);
        Check(plan, kernel, run, reference.Evaluate(plan, run.Operands, PlanRun<TOperand, T>.Guard), (_, actual, expected) => actual.Equals(expected));
    }

    /// <summary>Up to the smallest number of the type, each element's error is at most a multiple of the sum of the products' magnitudes; NaN and infinities are where the naive loop has them.</summary>
    internal static void Rounded<T>(KernelPlan plan, CpuKernel kernel, Func<T> next, Func<T, Complex> widen, double epsilon, double smallest) where T : unmanaged =>
        Rounded(plan, kernel, next, widen, widen, epsilon, smallest);

    /// <summary>The same with operands of another type than the result's.</summary>
    internal static void Rounded<TOperand, T>(KernelPlan plan, CpuKernel kernel, Func<TOperand> next, Func<TOperand, Complex> widenOperand, Func<T, Complex> widen, double epsilon, double smallest)
        where TOperand : unmanaged where T : unmanaged
    {
        var run = new PlanRun<TOperand, T>(plan, next);
        var values = new PlanReference<TOperand, Complex>(Complex.Zero, (x, map) => map == Elementwise.Conjugate ? Complex.Conjugate(widenOperand(x)) : widenOperand(x),
            (x, y) => IsReal(x) && IsReal(y) ? x.Real * y.Real : x * y, (x, y) => x + y);
        var magnitudes = new PlanReference<TOperand, double>(0, (x, _) => Complex.Abs(widenOperand(x)), (x, y) => x * y, (x, y) => x + y);
        var bounds = magnitudes.Evaluate(plan, run.Operands, PlanRun<TOperand, T>.Guard);
        var error = epsilon * (plan.Extent(LoopRole.Contracted) + 2 * plan.Operands.Length + 2);
        Check(plan, kernel, run, values.Evaluate(plan, run.Operands, PlanRun<TOperand, T>.Guard), (position, actual, expected) =>
        {
            var found = widen(actual);
            expected = plan.Result.Map == Elementwise.Conjugate ? Complex.Conjugate(expected) : expected;
            var bound = error * bounds[position] + smallest;
            return Complex.IsFinite(expected) ? Complex.Abs(found - expected) <= bound : IsRight(found.Real, expected.Real, bound) && IsRight(found.Imaginary, expected.Imaginary, bound);
        });
    }

    /// <summary>One part of a number that is not finite: the other part may be.</summary>
    static bool IsRight(double found, double expected, double bound) => double.IsFinite(expected) ? double.IsFinite(found) && (!double.IsFinite(bound) || Math.Abs(found - expected) <= bound) : found.Equals(expected);

    static bool IsReal(Complex value) => value.Imaginary == 0;

    static void Check<TOperand, T, V>(KernelPlan plan, CpuKernel kernel, PlanRun<TOperand, T> run, Dictionary<long, V> expected, Func<long, T, V, bool> equal)
        where TOperand : unmanaged where T : unmanaged
    {
        // What stands in for a kernel of the CPU in tests, with copies to and from a device, runs once, and allocates.
        var isOwn = kernel.GetType().Assembly == typeof(CpuKernel).Assembly;
        foreach (var byLine in isOwn ? new[] { false, true } : [false])
        {
            run.Run(kernel, byLine: byLine);
            for (var i = 0; i < run.Result.Length; i++)
            {
                var position = i - run.First;
                if (!expected.TryGetValue(position, out var value)) Assert.That(run.IsUntouched(i), $"{plan}: position {position} was written to.");
                else if (!equal(position, run.Result[i], value)) Assert.Fail($"{plan}: position {position} is {run.Result[i]}, expected {value}.");
            }
        }

        if (!isOwn) return;
        Assert.That(Enumerable.Range(0, 3).Any(_ => AllocatesNothing(run, kernel)), () => $"{plan}: bytes allocated.");
    }

    /// <summary>Now and then the runtime itself allocates, as it replaces a method by an optimised one: ask more than once.</summary>
    static bool AllocatesNothing<TOperand, T>(PlanRun<TOperand, T> run, CpuKernel kernel) where TOperand : unmanaged where T : unmanaged
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Run(kernel);
        return GC.GetAllocatedBytesForCurrentThread() == before;
    }
}
