using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Makes the kernel that computes one value, and whatever is not written on the way to it.</summary>
static class NestBuilder
{
    /// <summary>The kernel that writes the value to a buffer, <paramref name="at"/> so many elements of a larger shape further on.</summary>
    internal static Kernel Make(TensorExpr root, Func<TensorExpr, int?> bufferOf, int target, Shape targetShape, ImmutableArray<long> at, bool copies = false)
    {
        var free = root.Shape.ToImmutableArray();
        var reduces = copies ? [] : Reductions(root, bufferOf);
        var inner = reduces.Count == 0 ? [] : ReducedSizes(reduces[0]);
        var loops = free.Length + inner.Length;
        var states = ImmutableArray.CreateBuilder<KernelState>();
        var known = new Dictionary<TensorExpr, StateExpr>();

        Lowering? lowering = null;
        lowering = new Lowering(node => !copies && node == (object)root ? null : bufferOf(node), loops, Reduce);
        ImmutableArray<Affine> index = [.. free.Select((_, axis) => Affine.Counter(loops, axis))];
        var value = lowering.Run(root, index) ?? throw new InvalidOperationException($"No kernel computes {root}.");
        var place = Lowering.Place(targetShape, [.. index.Select((affine, axis) => affine.Plus(at[axis]))], loops);
        return new Kernel(free, inner, states.ToImmutable(), [], [new KernelStore(target, place, value)]);

        KernelExpr? Reduce(TensorExpr node, ImmutableArray<Affine> outer)
        {
            if (node.Op is not ReduceOp op || (copies || node != (object)root) && bufferOf(node) is not null) return null;
            if (known.TryGetValue(node, out var state)) return state;
            var (kept, reduced) = (0, 0);
            var places = node.Inputs[0].Shape.Select((_, axis) => op.Reduced.Contains(axis) ? Affine.Counter(loops, free.Length + reduced++) : outer[kept++]);
            var next = lowering!.Run(node.Inputs[0], [.. places]) ?? throw new InvalidOperationException($"No kernel computes {node.Inputs[0]}.");
            states.Add(new KernelState(new NumberExpr(node.Element, ReductionStart.Of(op.Combine, node.Element)), next, op.Combine));
            return known[node] = new StateExpr(node.Element, states.Count - 1);
        }
    }

    /// <summary>The kernel that copies a buffer to another.</summary>
    internal static Kernel Copy(TensorType type, int source, int target)
    {
        var loops = type.Rank;
        var place = Lowering.Place(type.Shape, [.. Enumerable.Range(0, loops).Select(axis => Affine.Counter(loops, axis))], loops);
        return new Kernel([.. type.Shape], [], [], [], [new KernelStore(target, place, new LoadExpr(type.Element, source, place))]);
    }

    /// <summary>The reductions that the kernel of a value computes as well.</summary>
    internal static List<TensorExpr> Reductions(TensorExpr root, Func<TensorExpr, int?> bufferOf)
    {
        var found = new List<TensorExpr>();
        var stack = new Stack<TensorExpr>([root]);
        var seen = new HashSet<TensorExpr>();
        while (stack.TryPop(out var node))
        {
            if (!seen.Add(node) || node != (object)root && bufferOf(node) is not null) continue;
            if (node.Op is ReduceOp) found.Add(node);
            else if (node.Op is ElementwiseOp or ConvertOp) foreach (var input in node.Inputs) stack.Push(input);
        }
        return found;
    }

    internal static ImmutableArray<long> ReducedSizes(TensorExpr reduce) => [.. ((ReduceOp)reduce.Op).Reduced.Select(axis => reduce.Inputs[0].Shape[axis])];
}
