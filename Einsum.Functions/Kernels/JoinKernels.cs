using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// One kernel of two that run over the same points: what the second reads of the first's result it takes as computed.
/// <code>for i, j: e = exp(x); %2 = e  and  for i: s = sum over j of %2   --->   for i: s = sum over j of (%2 = exp(x))</code>
/// </summary>
static class JoinKernels
{
    /// <summary>Larger kernels are not compiled well.</summary>
    const int LargestKernel = 96;

    /// <summary>The kernel that does both, the first part first; null where they do not run over the same points, or share nothing.</summary>
    internal static Kernel? Run(Kernel first, Kernel second)
    {
        var handed = first.Writes.Intersect(second.Reads).ToHashSet();
        if (handed.Count == 0 && !first.Reads.Intersect(second.Reads).Any()) return null;
        if (!IsPlain(first) || !IsPlain(second) || first.Nodes.Count() + second.Nodes.Count() > LargestKernel) return null;
        if (Places(first, second, handed) is not { } places) return null;
        var moved = KernelRewriter.OnPlaces(first, second.Free, first.Inner.IsEmpty ? [] : first.Inner, place => place.OnLoops(places, Math.Max(first.Loops, second.Loops)));
        if (!Fits(moved, second, handed)) return null;
        return ShareExpressions.Run(Join(moved, second, handed));
    }

    /// <summary>Whether the order of points does not matter.</summary>
    static bool IsPlain(Kernel kernel) => kernel.Inner.IsEmpty || kernel.IsReduction;

    /// <summary>Which loop of the second each loop of the first is.</summary>
    static int[]? Places(Kernel first, Kernel second, HashSet<int> handed)
    {
        var identity = Enumerable.Range(0, first.Loops).ToArray();
        if (!first.Inner.IsEmpty)
            return first.Free.AsSpan().SequenceEqual(second.Free.AsSpan()) && (second.Inner.IsEmpty || first.Inner.AsSpan().SequenceEqual(second.Inner.AsSpan())) ? identity : null;
        if (first.Loops != second.Loops) return null;
        if (handed.Count == 0 || second.Inner.IsEmpty)
            return second.Inner.IsEmpty && first.Free.AsSpan().SequenceEqual(second.Free.AsSpan()) ? identity : null;

        // Loops of equal steps through what is handed over are the same loop.
        var store = first.Stores.First(store => handed.Contains(store.Buffer));
        if (second.Nodes.OfType<LoadExpr>().FirstOrDefault(load => load.Buffer == store.Buffer) is not { } read) return null;
        var free = Enumerable.Range(0, second.Loops).ToList();
        foreach (var loop in identity)
        {
            var place = free.FindIndex(other => second.Extent(other) == first.Extent(loop) && (first.Extent(loop) == 1 || read.Place.Factors[other] == store.Place.Factors[loop]));
            if (place < 0) return null;
            identity[loop] = free[place];
            free.RemoveAt(place);
        }
        // A reduction that does not go along the rows would write them column by column.
        return identity.Length > 0 && identity[^1] >= second.Free.Length ? identity : null;
    }

    /// <summary>Whether every element that is handed over is read at the point that computes it, after it is computed.</summary>
    static bool Fits(Kernel first, Kernel second, HashSet<int> handed)
    {
        var places = first.Stores.Where(store => handed.Contains(store.Buffer)).ToLookup(store => store.Buffer, store => store.Place);
        foreach (var expr in second.Nodes)
        {
            if (expr is IndexedLoadExpr indexed && handed.Contains(indexed.Buffer)) return false;
            if (expr is LoadExpr load && handed.Contains(load.Buffer) && places[load.Buffer].Any(place => !place.Equals(Widened(load.Place, place.Factors.Length)))) return false;
        }
        // What a reduction gives is known when its loops are over.
        return first.Inner.IsEmpty || second.Inner.IsEmpty || !Kernel.Reach(second.BodyRoots.Concat(second.States.Select(state => state.Initial))).OfType<LoadExpr>().Any(load => handed.Contains(load.Buffer));
    }

    static Affine Widened(Affine place, int loops) => place.Factors.Length == loops ? place : place with { Factors = [.. place.Factors, .. new long[loops - place.Factors.Length]] };

    static Kernel Join(Kernel first, Kernel second, HashSet<int> handed)
    {
        var loops = Math.Max(first.Loops, second.Loops);
        var values = new Dictionary<int, KernelExpr>();
        foreach (var store in first.Stores)
            if (handed.Contains(store.Buffer)) values[store.Buffer] = store.Value;
        if (second.Loops < loops) second = KernelRewriter.OnPlaces(second, second.Free, second.Inner, place => Widened(place, loops));
        var rewriter = new KernelRewriter(expr => expr switch
        {
            LoadExpr load => values.GetValueOrDefault(load.Buffer),
            StateExpr state => new StateExpr(state.Element, state.Index + first.States.Length),
            _ => null,
        });
        var isElementwise = first.Inner.IsEmpty && !second.Inner.IsEmpty;
        return new Kernel(
            second.Free, first.Inner.IsEmpty ? second.Inner : first.Inner,
            [.. first.States, .. second.States.Select(state => state with { Initial = rewriter.Run(state.Initial), Next = rewriter.Run(state.Next) })],
            [.. first.InnerStores, .. isElementwise ? first.FinalStores : [], .. second.InnerStores.Select(Store)],
            [.. isElementwise ? [] : first.FinalStores, .. second.FinalStores.Select(Store)]);

        KernelStore Store(KernelStore store) => store with { Value = rewriter.Run(store.Value) };
    }
}
