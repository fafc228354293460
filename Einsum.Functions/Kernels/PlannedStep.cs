using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>One step of a plan before any code exists: reads buffers and writes others, which are numbered operands, results, then intermediates.</summary>
abstract record PlannedStep
{
    internal abstract ImmutableArray<int> Reads { get; }

    internal abstract ImmutableArray<int> Writes { get; }
}

/// <summary>A fused loop nest.</summary>
sealed record NestPlan(Kernel Kernel) : PlannedStep
{
    internal override ImmutableArray<int> Reads { get; } = Kernel.Reads;

    internal override ImmutableArray<int> Writes { get; } = Kernel.Writes;
}

/// <summary>An equation of letters over dense operands.</summary>
sealed record ContractPlan(string Equation, ImmutableArray<TensorType> Types, TensorType Result, ImmutableArray<int> Operands, int Target) : PlannedStep
{
    internal override ImmutableArray<int> Reads => Operands;

    internal override ImmutableArray<int> Writes => [Target];

    internal ImmutableArray<string> Terms => [.. Equation.Split("->")[0].Split(',')];

    internal string Output => Equation.Split("->")[1];

    /// <summary>How many leading labels of the result could be cut into parts: each in a term at most once, and nothing in brackets.</summary>
    internal int Cuttable
    {
        get
        {
            if (Equation.Contains('(')) return 0;
            var terms = Terms;
            return Output.TakeWhile(label => terms.All(term => term.Count(each => each == label) <= 1)).Count();
        }
    }
}

/// <summary>A contraction, what is computed of its operands as it reads them, block by block, and of its result element by element and written over it, part by part.</summary>
/// <param name="Contract">The contraction.</param>
/// <param name="Before">For each operand what computes its blocks, which are laid out as the contraction's kernel asks for; null for one that is in memory.</param>
/// <param name="After">What follows; null for nothing.</param>
/// <param name="InParts">Whether the contraction's kernel tells of parts, along the free loops of what follows.</param>
sealed record FusedContractPlan(ContractPlan Contract, ImmutableArray<Kernel?> Before, Kernel? After, bool InParts) : PlannedStep
{
    internal static FusedContractPlan Of(ContractPlan contract) => new(contract, [.. contract.Operands.Select(_ => (Kernel?)null)], null, false);

    internal override ImmutableArray<int> Reads =>
        [.. Contract.Operands.Where((_, operand) => Before[operand] is null).Concat(Before.SelectMany(kernel => kernel?.Reads ?? [])).Concat(After?.Reads ?? []).Where(buffer => buffer != Contract.Target).Distinct().Order()];

    internal override ImmutableArray<int> Writes => Contract.Writes;

    /// <summary>How often a buffer is read, by whatever part.</summary>
    internal int ReadersOf(int buffer) => Contract.Operands.Count(operand => operand == buffer) + Before.Append(After).Count(kernel => kernel?.Reads.Contains(buffer) ?? false);

    internal IEnumerable<PlannedStep> Parts => [.. Before.OfType<Kernel>().Select(kernel => new NestPlan(kernel)), Contract, .. After is null ? (PlannedStep[])[] : [new NestPlan(After)]];
}

/// <summary>A step that no pass looks into.</summary>
sealed record WholePlan(Step Step) : PlannedStep
{
    internal override ImmutableArray<int> Reads => Step.Reads;

    internal override ImmutableArray<int> Writes => Step.Writes;
}

/// <summary>
/// Steps whose results share their leading axes, run for some rows of those at a time, so that what one writes for the other is still in
/// the caches and only so large: <c>for each block of rows: each step</c>. The last leading axis is cut into blocks, the others into single entries.
/// </summary>
/// <param name="Leading">The sizes of the shared axes.</param>
/// <param name="Rows">How many entries of the last of them are in a block.</param>
/// <param name="Steps">The steps in order.</param>
/// <param name="Locals">Buffers that live in a block alone, with the bytes of one entry, and where in the block's memory.</param>
sealed record BlockPlan(ImmutableArray<long> Leading, long Rows, ImmutableArray<PlannedStep> Steps, ImmutableArray<BlockLocal> Locals) : PlannedStep
{
    internal override ImmutableArray<int> Reads => [.. Steps.SelectMany(step => step.Reads).Except(Writes).Except(Locals.Select(local => local.Buffer)).Order()];

    internal override ImmutableArray<int> Writes => [.. Steps.SelectMany(step => step.Writes).Distinct().Except(Locals.Select(local => local.Buffer)).Order()];

    /// <summary>Memory for one block.</summary>
    internal long Bytes => Locals.Select(local => local.Offset + local.EntryBytes * Rows).DefaultIfEmpty().Max();
}

/// <summary>A buffer of a block: so many bytes for each entry, from an offset in the block's memory.</summary>
readonly record struct BlockLocal(int Buffer, long EntryBytes, long Offset);
