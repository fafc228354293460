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
        var places = new long[operands.Length + 1];
        Loop[] summed = [.. plan.LoopsOf(LoopRole.Contracted)];
        ForEach([.. plan.Loops.Where(loop => loop.Role != LoopRole.Contracted)], places, () =>
        {
            var sum = zero;
            if (operands.Length > 0) ForEach(summed, places, () => sum = summed.Length == 0 ? Product() : add(sum, Product()));
            result.Add(places[^1], sum);
        });
        return result;

        V Product()
        {
            var product = Read(0);
            for (var i = 1; i < operands.Length; i++) product = multiply(product, Read(i));
            return product;
        }

        V Read(int operand) => read(operands[operand][origin + places[operand]], plan.Operands[operand].Map);
    }

    /// <summary>Visits every point of the loops, the last of them innermost, with the places of operands and result moved to it.</summary>
    static void ForEach(ReadOnlySpan<Loop> loops, long[] places, Action visit)
    {
        if (loops.IsEmpty)
        {
            visit();
            return;
        }
        for (var i = 0L; i < loops[0].Extent; i++)
        {
            ForEach(loops[1..], places, visit);
            Move(loops[0], 1, places);
        }
        Move(loops[0], -loops[0].Extent, places);
    }

    static void Move(Loop loop, long steps, long[] places)
    {
        for (var i = 0; i < places.Length; i++) places[i] += steps * loop.Strides[i];
    }
}
