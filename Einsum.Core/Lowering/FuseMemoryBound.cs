using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Merges a step into the one that reads its result where one loop nest over all operands does no more work than the two and moves less
/// memory. Contractions with free labels on both sides are left alone: their kernels reuse what they load.
/// <code>%3 = i,i->i (%0, %1); %4 = i,i-> (%2, %3)   --->   %3 = i,i,i-> (%2, %0, %1)</code>
/// </summary>
static class FuseMemoryBound
{
    /// <summary>More operands than this in one loop cost more in address registers than an intermediate costs in memory.</summary>
    const int MaxOperands = 6;

    internal static IndexProgram Run(IndexProgram program)
    {
        while (MergeOne(program) is { } merged) program = merged;
        return program;
    }

    static IndexProgram? MergeOne(IndexProgram program)
    {
        var readers = new Dictionary<int, int>();
        foreach (var (i, step) in program.Steps.Index())
            foreach (var value in step.Operands) readers[value] = i;
        for (var maker = 0; maker < program.Steps.Length - 1; maker++)
        {
            var reader = readers[program.OperandCount + maker];
            if (IsWorthIt(program, program.Steps[maker], program.Steps[reader])) return Merge(program, maker, reader);
        }
        return null;
    }

    static bool IsWorthIt(IndexProgram program, IndexStep maker, IndexStep reader)
    {
        if (maker.Operands.Length < 2 || reader.Operands.Length < 2 || maker.Operands.Length + reader.Operands.Length - 1 > MaxOperands) return false;
        if (program.KindOf(maker) == KernelKind.Contraction || program.KindOf(reader) == KernelKind.Contraction) return false;
        var (makerWork, readerWork) = (program.Size(program.LabelsOf(maker)), program.Size(program.LabelsOf(reader)));
        var mergedWork = program.Size(program.LabelsOf(maker).Union(program.LabelsOf(reader)));
        // The intermediate is written and read once; below a tenth of the traffic it is not worth a slower inner loop.
        var saved = 2 * program.Size(maker.Result);
        var moved = maker.Operands.Concat(reader.Operands).Sum(value => program.Size(program.LabelsOf(value))) + program.Size(reader.Result);
        return mergedWork <= makerWork + readerWork && saved >= moved / 10;
    }

    static IndexProgram Merge(IndexProgram program, int maker, int reader)
    {
        var rewriter = new StepRewriter(program);
        var made = program.OperandCount + maker;
        foreach (var (i, step) in program.Steps.Index())
        {
            if (i == maker) continue;
            var operands = i == reader ? [.. step.Operands.Where(value => value != made), .. program.Steps[maker].Operands] : step.Operands;
            rewriter.Replace(i, [.. operands.Select(value => rewriter[value])], step.Result);
        }
        return rewriter.Target;
    }
}
