namespace EinsumNet.Functions;

/// <summary>Whether steps can run for a few entries of their leading axes at a time, and read and write what lies at those entries alone.</summary>
static class BlockAccess
{
    /// <summary>How many leading axes of these sizes the step can be cut along.</summary>
    internal static int Depth(PlannedStep step, ReadOnlySpan<long> leading)
    {
        return Leading(step).AsSpan().CommonPrefixLength(leading);
    }

    /// <summary>The sizes of the axes that a step could be cut along.</summary>
    internal static long[] Leading(PlannedStep step) => step switch
    {
        NestPlan nest => [.. nest.Kernel.Free],
        ContractPlan contract => [.. contract.Result.Shape.Take(contract.Cuttable)],
        _ => [],
    };

    /// <summary>Whether an entry of the leading axes reads and writes that entry's part of the buffer, of so many elements in all, and no other.</summary>
    internal static bool StaysInside(PlannedStep step, int buffer, long count, ReadOnlySpan<long> leading)
    {
        var entries = 1L;
        foreach (var size in leading) entries *= size;
        if (entries == 0 || count % entries != 0) return false;
        var strides = new long[leading.Length];
        for (var (axis, stride) = (leading.Length - 1, count / entries); axis >= 0; stride *= leading[axis--]) strides[axis] = stride;
        return step switch
        {
            NestPlan nest => StaysInside(nest.Kernel, buffer, count / entries, leading, strides),
            ContractPlan contract => StaysInside(contract, buffer, leading),
            _ => false,
        };
    }

    static bool StaysInside(Kernel kernel, int buffer, long inner, ReadOnlySpan<long> leading, long[] strides)
    {
        foreach (var expr in kernel.Nodes)
        {
            if (expr is IndexedLoadExpr indexed && indexed.Buffer == buffer) return false;
            if (expr is LoadExpr load && load.Buffer == buffer && !StaysInside(kernel, load.Place, inner, leading, strides)) return false;
        }
        foreach (var store in kernel.Stores)
            if (store.Buffer == buffer && !StaysInside(kernel, store.Place, inner, leading, strides)) return false;
        return true;
    }

    static bool StaysInside(Kernel kernel, Affine place, long inner, ReadOnlySpan<long> leading, long[] strides)
    {
        for (var loop = 0; loop < leading.Length; loop++)
            if (place.Factors[loop] != strides[loop] && leading[loop] != 1) return false;
        var depth = leading.Length;
        var (least, most) = place.Range(loop => loop < depth ? 1 : kernel.Extent(loop));
        return least >= 0 && most < inner;
    }

    static bool StaysInside(ContractPlan contract, int buffer, ReadOnlySpan<long> leading)
    {
        var labels = contract.Output[..leading.Length];
        for (var i = 0; i < contract.Operands.Length; i++)
        {
            if (contract.Operands[i] != buffer) continue;
            if (!contract.Terms[i].StartsWith(labels, StringComparison.Ordinal) || !contract.Types[i].Shape.AsSpan()[..leading.Length].SequenceEqual(leading)) return false;
        }
        return true;
    }
}
