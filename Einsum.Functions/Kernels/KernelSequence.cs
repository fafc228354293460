using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A loop as one kernel: the operands of its body are carries, captured values and slices of xs, its results the next carries and slices of
/// ys. A carry of one element is in a register; of another, this and the next iteration's memory take turns. Without a condition it runs
/// Length times; with one, as long as that holds, and there are no slices.
/// <code>for t &lt; Length: body; carries = next carries; slices move on</code>
/// </summary>
/// <param name="Body">What an iteration does.</param>
/// <param name="Carries">The first so many operands, and results.</param>
/// <param name="Captures">So many operands after them are the same in every iteration.</param>
/// <param name="Length">How often.</param>
/// <param name="Reverse">Whether the slices move from the end.</param>
/// <param name="Counters">Slices of xs that count, and so are read from no memory: the operand, and where it starts.</param>
/// <param name="Condition">A body whose operands are carries and captured values, and whose result is one bool.</param>
sealed record KernelSequence(LoopBody Body, int Carries, int Captures, long Length, bool Reverse, ImmutableDictionary<int, long> Counters, LoopBody? Condition = null)
{
    internal int Operands => Body.Operands;

    internal int Results => Body.Results;

    /// <summary>Whether a carry is in a register.</summary>
    internal bool IsRegister(int carry) => Body.IsScalar(carry) && Body.IsScalar(Operands + carry) && Condition?.IsScalar(carry) != false;

    /// <summary>The operands that are slices of xs in memory, and the results that are slices of ys.</summary>
    internal IEnumerable<int> Slices => Enumerable.Range(Carries + Captures, Operands - Carries - Captures).Where(slice => !Counters.ContainsKey(slice))
        .Concat(Enumerable.Range(Operands + Carries, Results - Carries));

    public override string ToString() => Condition is null ? $"for t < {Length}:\n  {Body}" : $"while {Condition}:\n  {Body}";
}
