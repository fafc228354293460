using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Joins a contraction with what is computed of its result element by element, and writes that over it.
/// <code>a = einsum(x, w); y[i, k] = max(a[i, k] + b[k], 0)   --->   y = einsum(x, w), of each part of which then y[i, k] = max(y[i, k] + b[k], 0)</code>
/// </summary>
static class AddEpilogues
{
    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers)
    {
        var list = steps.ToList();
        for (var i = 0; i + 1 < list.Count; i++)
        {
            if (list[i] is not ContractPlan contract || list[i + 1] is not NestPlan { Kernel: var kernel } || contract.Target < buffers.FirstLocal) continue;
            int[] readers = [.. list.Index().Where(step => step.Item.Reads.Contains(contract.Target)).Select(step => step.Index)];
            if (readers is not [var reader] || reader != i + 1 || !WritesOver(kernel, contract, buffers)) continue;
            var target = kernel.FinalStores[0].Buffer;
            var rewriter = new KernelRewriter(expr => expr is LoadExpr load && load.Buffer == contract.Target ? load with { Buffer = target } : null);
            var after = kernel with { FinalStores = [kernel.FinalStores[0] with { Value = rewriter.Run(kernel.FinalStores[0].Value) }] };
            contract = contract with { Target = target };
            var inParts = new ContractStep(contract).PartAxes is { } axes ? MergeKernelLoops.To(after, axes) : null;
            list[i] = FusedContractPlan.Of(contract) with { After = inParts ?? after, InParts = inParts is not null };
            list.RemoveAt(i + 1);
        }
        return [.. list];
    }

    /// <summary>Whether the kernel makes one whole tensor of the result's type, each element of that in its own place and, for the rest, of others.</summary>
    static bool WritesOver(Kernel kernel, ContractPlan contract, Buffers buffers)
    {
        if (!kernel.Inner.IsEmpty || kernel.FinalStores is not [var store] || !kernel.Free.AsSpan().SequenceEqual([.. contract.Result.Shape])) return false;
        var place = new Affine(0, [.. Positions.Strides(contract.Result.Shape)]);
        return store.Value.Element == contract.Result.Element && buffers.TypeOf(store.Buffer).Count == contract.Result.Count && store.Place.Equals(place)
            && kernel.Nodes.All(expr => expr switch
            {
                LoadExpr load => load.Buffer == contract.Target ? load.Place.Equals(place) : load.Buffer != store.Buffer,
                IndexedLoadExpr load => load.Buffer != contract.Target && load.Buffer != store.Buffer,
                _ => true,
            });
    }
}
