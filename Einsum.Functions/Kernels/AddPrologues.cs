using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Joins a contraction with what computes an operand of it element by element, where its kernel asks for that block by block as it comes to need it.
/// <code>a[i, j] = exp(x[i, j]); y = einsum(a, w)   --->   y = einsum(a, w), which asks for exp(x[i, j]) of some i and j at a time</code>
/// </summary>
static class AddPrologues
{
    /// <summary>A block may be computed for several others, so what costs more is computed once, before.</summary>
    const double MostWork = 64;

    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers)
    {
        var list = steps.ToList();
        for (var i = 0; i < list.Count; i++)
        {
            if ((list[i] is ContractPlan plain ? FusedContractPlan.Of(plain) : list[i]) is not FusedContractPlan fused) continue;
            var contract = new Lazy<ContractStep>(() => new ContractStep(fused.Contract));
            for (var operand = 0; operand < fused.Contract.Operands.Length; operand++)
            {
                var buffer = fused.Contract.Operands[operand];
                if (buffer < buffers.FirstLocal || fused.ReadersOf(buffer) != 1 || list.Count(step => step.Reads.Contains(buffer)) != 1) continue;
                int[] writers = [.. list.Index().Where(step => step.Item.Writes.Contains(buffer)).Select(step => step.Index)];
                if (writers is not [var writer] || writer > i || list[writer] is not NestPlan { Kernel: var kernel } || BlocksOf(kernel, fused.Contract, operand, contract) is not { } before) continue;
                fused = fused with { Before = fused.Before.SetItem(operand, before) };
                list[i] = fused;
                list.RemoveAt(writer);
                i--;
            }
        }
        return [.. list];
    }

    /// <summary>The kernel for blocks as the contraction asks for them; null where it makes something else than one whole operand, or the contraction does not ask.</summary>
    static Kernel? BlocksOf(Kernel kernel, ContractPlan contract, int operand, Lazy<ContractStep> step)
    {
        var type = contract.Types[operand];
        if (!kernel.Inner.IsEmpty || kernel.FinalStores is not [var store] || store.Value.Element != type.Element || kernel.WorkEach > MostWork) return null;
        if (!kernel.Free.AsSpan().SequenceEqual([.. type.Shape]) || !store.Place.Equals(new Affine(0, [.. Positions.Strides(type.Shape)]))) return null;
        if (step.Value.BlocksOf(operand) is not { } blocks || MergeKernelLoops.To(kernel, blocks.Axes) is not { } merged) return null;
        return merged with { FinalStores = [merged.FinalStores[0] with { Place = new Affine(0, [.. blocks.Strides]) }] };
    }
}
