using System.Numerics;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Plans that change the element type: nearest where it rounds, the closest value where it is out of range.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ConversionTests
{
    static readonly ElementType[] s_reals = [.. Enum.GetValues<ElementType>().Except([ElementType.Complex, ElementType.Bool])];

    [Test]
    public void Every_pair([ValueSource(nameof(s_reals))] ElementType from, [ValueSource(nameof(s_reals))] ElementType to)
    {
        if (from == to) return;
        var generator = new PlanGenerator(100 * (int)from + (int)to);
        for (var i = 0; i < 20; i++)
        {
            var plan = generator.NextConversion(from, to);
            foreach (var family in KernelFamilies.All.Where(family => family.CanRun(plan)))
                from.Accept(new Check(plan, family.Create(plan, 256)));
        }
    }

    readonly struct Check(KernelPlan plan, CpuKernel kernel) : INumberVisitor
    {
        public CpuKernel Visit<TOperand>() where TOperand : unmanaged, INumberBase<TOperand> => plan.Element.Accept(new Check<TOperand>(plan, kernel));
    }

    readonly struct Check<TOperand>(KernelPlan plan, CpuKernel kernel) : INumberVisitor where TOperand : unmanaged, INumberBase<TOperand>
    {
        public CpuKernel Visit<T>() where T : unmanaged, INumberBase<T>
        {
            var random = new Random(3);
            var reference = new PlanReference<TOperand, T>(T.Zero, (x, _) => T.CreateSaturating(x), (x, y) => x * y, (x, y) => x + y);
            PlanCheck.Exact(plan, kernel, () => Value(random), reference);
            return kernel;

            static TOperand Value(Random random) => random.Next(3) switch
            {
                0 => PlanData.Bits<TOperand>(random),
                1 => TOperand.CreateTruncating(random.Next(-300, 300)),
                _ => TOperand.CreateTruncating(random.NextDouble() * 1e6 - 5e5),
            };
        }
    }
}
