namespace EinsumNet.Tests.Cpu;

/// <summary>What a kernel plan means: one recursive loop over its whole index space.</summary>
/// <param name="zero">The sum over nothing.</param>
/// <param name="read">An operand's element as a value of the arithmetic.</param>
sealed class PlanReference<T, V>(V zero, Func<T, Elementwise, V> read, Func<V, V, V> multiply, Func<V, V, V> add)
{
    /// <summary>The result's elements by their position.</summary>
    internal Dictionary<long, V> Evaluate(KernelPlan plan, T[][] operands, int origin)
    {
        var result = new Dictionary<long, V>();
        foreach (var positions in Positions(plan.Loops.Where(loop => loop.Role != LoopRole.Contracted).ToArray(), new long[operands.Length + 1]))
        {
            var sum = zero;
            var summed = plan.LoopsOf(LoopRole.Contracted).ToArray();
            foreach (var inner in Positions(summed, positions))
            {
                if (operands.Length == 0) continue;
                var product = Read(0);
                for (var i = 1; i < operands.Length; i++) product = multiply(product, Read(i));
                sum = summed.Length == 0 ? product : add(sum, product);

                V Read(int i) => read(operands[i][origin + inner[i]], plan.Operands[i].Map);
            }
            result.Add(positions[^1], sum);
        }
        return result;
    }

    static IEnumerable<long[]> Positions(ReadOnlyMemory<Loop> loops, long[] at)
    {
        if (loops.IsEmpty)
        {
            yield return at;
            yield break;
        }
        var loop = loops.Span[0];
        for (var i = 0L; i < loop.Extent; i++)
            foreach (var position in Positions(loops[1..], [.. at.Zip(loop.Strides, (start, stride) => start + i * stride)])) yield return position;
    }
}
