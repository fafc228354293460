using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>The tensors of one launch among the buffers of all launches of a plan: a second stage reads the scratch memory that the first wrote.</summary>
/// <param name="Operands">What the launch reads.</param>
/// <param name="Result">What it writes.</param>
/// <param name="Buffers">The kernel's parameters.</param>
sealed record KernelView(ImmutableArray<IrArray> Operands, IrArray Result, ImmutableArray<IrArray> Buffers)
{
    internal static KernelView Of(KernelPlan plan)
    {
        var operands = plan.Operands.Select((operand, i) => new IrArray(Digits.Name(i), operand.Element, IrSpace.Global)).ToImmutableArray();
        var result = new IrArray("out", plan.Element, IrSpace.Global, Written: true);
        return new KernelView(operands, result, [.. operands, result]);
    }

    /// <summary>The same with memory between launches, that this launch writes to instead of the result.</summary>
    internal KernelView Partial(ElementType element)
    {
        var scratch = new IrArray("scratch", element, IrSpace.Global, Written: true, IsScratch: true);
        return this with { Result = scratch, Buffers = [.. Buffers, scratch] };
    }

    /// <summary>The launch after <see cref="Partial"/>: from there to the result.</summary>
    internal KernelView Final(ElementType element)
    {
        var partial = Partial(element);
        return partial with { Operands = [partial.Result], Result = Result };
    }
}
