using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// What a loop does in each iteration, or asks before it: parts in order over buffers of its own, which are operands, results, then intermediates.
/// </summary>
sealed record LoopBody(ImmutableArray<LoopPart> Parts, ImmutableArray<TensorType> Types, int Operands, int Results)
{
    /// <summary>A method of more expressions is compiled badly, so that the kernels after so many are methods of their own.</summary>
    const int LargestBody = 400;

    /// <summary>Kernels that work so long are called, so that threads can share them: a fraction of a millisecond.</summary>
    const double LongestKernel = 1 << 19;

    internal static LoopBody Of(Graph graph, Plan plan)
    {
        var parts = ImmutableArray.CreateBuilder<LoopPart>();
        var size = 0;
        foreach (var step in plan.Planned)
        {
            var kernel = Inline(step);
            if (kernel is not null && (kernel.Work > LongestKernel || (size += Size(kernel)) > LargestBody)) kernel = null;
            parts.Add(new LoopPart(step, kernel));
        }
        return new LoopBody(parts.ToImmutable(), plan.Types, graph.Parameters.Length, graph.Results.Length);
    }

    /// <summary>The expressions that are emitted, copies among them.</summary>
    static int Size(Kernel kernel) => kernel.Nodes.Count() * JamLoops.Of(kernel, VectorChoice.Of(kernel)).Points;

    static Kernel? Inline(PlannedStep step) => step switch
    {
        NestPlan nest => MergeKernelLoops.Run(nest.Kernel),
        WholePlan { Step: NestStep nest } => nest.Kernel,
        _ => null,
    };

    /// <summary>
    /// The buffers of one element that need no memory: no call reads or writes them, and none is asked by position. Operands are among them, so
    /// that a loop can keep its carries there; results are, where the caller says so.
    /// </summary>
    internal bool IsScalar(int buffer) => Types[buffer].Count == 1 && !InMemory.Contains(buffer);

    /// <summary>Buffers that calls touch or that are asked by position.</summary>
    internal ImmutableHashSet<int> InMemory { get; } =
        [.. Parts.Where(part => part.Kernel is null).SelectMany(part => part.Step.Reads.Concat(part.Step.Writes)),
         .. Parts.SelectMany(part => part.Kernel?.Nodes ?? []).OfType<IndexedLoadExpr>().Select(load => load.Buffer)];

    internal IEnumerable<int> Intermediates => Enumerable.Range(Operands + Results, Types.Length - Operands - Results);

    internal long Bytes(int buffer) => Types[buffer].Count * Types[buffer].Element.Size();

    public override string ToString() => string.Join("\n  ", Parts);
}

/// <summary>A kernel that is emitted in place, or a step that is called: a contraction, or what threads share.</summary>
sealed record LoopPart(PlannedStep Step, Kernel? Kernel)
{
    public override string ToString() => Kernel?.ToString() ?? $"call {Step}";
}
