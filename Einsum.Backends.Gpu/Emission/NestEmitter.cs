using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>for free { sum = 0; for contracted { sum += product of operands } out = sum }</c>, a thread per element of the result. Sizes and strides are
/// arguments, and loops are padded with loops of one iteration, so that few programs serve all plans.
/// </summary>
static class NestEmitter
{
    const int Threads = 64;

    internal static EmittedKernel Emit(KernelPlan plan, DeviceLimits limits, KernelDialect dialect)
    {
        var free = plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).ToArray();
        var contracted = plan.LoopsOf(LoopRole.Contracted).ToArray();
        var (freeRank, contractedRank) = (Padded(free.Length, 4), contracted.Length == 0 ? 0 : Padded(contracted.Length, 2));
        var count = free.Aggregate(1L, (product, loop) => checked(product * loop.Extent));
        var groups = Math.Clamp((count + Threads - 1) / Threads, 1, 1 << 20);

        var arguments = ImmutableArray.CreateBuilder<long>();
        arguments.Add(count);
        Append(free, freeRank);
        Append(contracted, contractedRank);
        return new EmittedKernel(Source(plan, freeRank, contractedRank, dialect), "nest", new Launch(Math.Min(Threads, limits.MaxGroupSize), 1, 1, groups, 1, 1, 0), arguments.ToImmutable(), 0);

        void Append(Loop[] loops, int rank)
        {
            for (var i = 0; i < rank; i++)
            {
                arguments.Add(i < loops.Length ? loops[i].Extent : 1);
                for (var value = 0; value <= plan.Operands.Length; value++) arguments.Add(i < loops.Length ? loops[i].Strides[value] : 0);
            }
        }
    }

    static int Padded(int rank, int step) => Math.Max(step, (rank + step - 1) / step * step);

    static string Source(KernelPlan plan, int freeRank, int contractedRank, KernelDialect dialect)
    {
        var operands = plan.Operands.Length;
        var result = CType.Of(plan.Element);
        var types = plan.Operands.Select(operand => CType.Of(operand.Element)).ToArray();
        var text = new StringBuilder(Prologue.For(dialect, result.NeedsDouble || types.Any(type => type.NeedsDouble)));
        Line($"E_KERNEL({Threads}) nest(");
        for (var i = 0; i < operands; i++) Line($"    E_GLOBAL const {types[i].Stored}* p{i}, e_long o{i},");
        Line($"    E_GLOBAL {result.Stored}* out, e_long o{operands},");
        Line($"    e_long count{Parameters('f', freeRank)}{Parameters('c', contractedRank)})");
        Line($"{{");
        Line($"    for (e_long thread = E_THREAD; thread < count; thread += E_THREADS)");
        Line($"    {{");
        Line($"        e_long rest = thread{string.Concat(Enumerable.Range(0, operands + 1).Select(i => $", b{i} = o{i}"))}, i;");
        for (var loop = freeRank - 1; loop >= 0; loop--)
            Line($"        i = rest % f{loop}; rest /= f{loop};{string.Concat(Enumerable.Range(0, operands + 1).Select(i => $" b{i} += i * f{loop}s{i};"))}");
        Line($"        {result.Computed} sum = {ElementArithmetic.Zero(result)};");
        for (var loop = 0; loop < contractedRank; loop++) Line($"        for (e_long i{loop} = 0; i{loop} < c{loop}; i{loop}++)");
        Line($"        {{");
        for (var i = 0; i < operands; i++)
        {
            var index = $"b{i}{string.Concat(Enumerable.Range(0, contractedRank).Select(loop => $" + i{loop} * c{loop}s{i}"))}";
            Line($"            {result.Computed} x{i} = {ElementArithmetic.Read(types[i], result, plan.Operands[i].Map, $"p{i}", index)};");
        }
        if (operands > 0)
        {
            Line($"            {result.Computed} x = x0;");
            for (var i = 1; i < operands; i++) Line($"            x = {ElementArithmetic.Multiply(result, "x", $"x{i}")};");
            Line($"            sum = {(contractedRank > 0 ? ElementArithmetic.Add(result, "sum", "x") : "x")};");
        }
        Line($"        }}");
        Line($"        {ElementArithmetic.Write(result, plan.Result.Map, "out", $"b{operands}", "sum")}");
        Line($"    }}");
        Line($"}}");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        string Parameters(char name, int rank) => string.Concat(Enumerable.Range(0, rank).Select(loop =>
            $", e_long {name}{loop}{string.Concat(Enumerable.Range(0, operands + 1).Select(i => $", e_long {name}{loop}s{i}"))}"));
    }
}
