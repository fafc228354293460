using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// A loop over kernels as one kernel: buffers are the body's operands (carries, captured values, slices of xs), its results (next carries,
/// slices of ys) and intermediates. A carry of one element is in a register; of another, this and the next iteration's memory take turns.
/// <code>for t &lt; Length: kernels; carries = next carries; slices move on</code>
/// </summary>
/// <param name="Kernels">The body.</param>
/// <param name="Types">The type of each buffer.</param>
/// <param name="Length">How often.</param>
/// <param name="Reverse">Whether the slices move from the end.</param>
/// <param name="Carries">The first so many operands, and results.</param>
/// <param name="Captures">So many operands after them are the same in every iteration.</param>
/// <param name="Operands">How many operands the body has.</param>
/// <param name="Results">How many results.</param>
sealed record KernelSequence(ImmutableArray<Kernel> Kernels, ImmutableArray<TensorType> Types, long Length, bool Reverse, int Carries, int Captures, int Operands, int Results)
{
    /// <summary>Larger bodies are better compiled apart, and those that work so long need threads more.</summary>
    const int LargestBody = 400;
    const double LongestBody = 1 << 20;

    /// <summary>The sequence of a loop's body; null where the body is not kernels alone, or too large.</summary>
    internal static KernelSequence? Of(ScanOp op, Plan body)
    {
        if (!body.Planned.All(step => step is NestPlan)) return null;
        ImmutableArray<Kernel> kernels = [.. body.Planned.Select(step => MergeKernelLoops.Run(((NestPlan)step).Kernel))];
        if (kernels.Sum(kernel => kernel.Nodes.Count()) > LargestBody || kernels.Sum(kernel => kernel.Work) > LongestBody) return null;
        return new KernelSequence(kernels, body.Types, op.Length, op.Reverse, op.Carries, op.Captures, op.Body.Parameters.Length, op.Body.Results.Length);
    }

    /// <summary>The buffers of one element that need no memory: carries and intermediates that are never asked by position.</summary>
    internal ImmutableArray<int> Registers
    {
        get
        {
            var indexed = Kernels.SelectMany(kernel => kernel.Nodes).OfType<IndexedLoadExpr>().Select(load => load.Buffer).ToHashSet();
            return [.. Enumerable.Range(0, Types.Length).Where(buffer => IsRegister(buffer) && (buffer < Carries || buffer >= Operands + Results || IsNext(buffer)))];

            bool IsRegister(int buffer) => Types[buffer].Count == 1 && !indexed.Contains(buffer);

            bool IsNext(int buffer) => buffer >= Operands && buffer < Operands + Carries && IsRegister(buffer - Operands);
        }
    }

    /// <summary>The operands that are slices of xs, and the results that are slices of ys.</summary>
    internal IEnumerable<int> Slices => Enumerable.Range(Carries + Captures, Operands - Carries - Captures).Concat(Enumerable.Range(Operands + Carries, Results - Carries));

    internal long Bytes(int buffer) => Types[buffer].Count * Types[buffer].Element.Size();

    public override string ToString() => $"for t < {Length}:\n  {string.Join("\n  ", Kernels)}";
}
