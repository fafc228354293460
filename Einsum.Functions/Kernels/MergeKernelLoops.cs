using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Drops loops of one iteration, and joins neighbours that every load and store walks as one.
/// <code>free 10 20, %0 at 20 i + j   --->   free 200, %0 at i</code>
/// </summary>
static class MergeKernelLoops
{
    /// <summary>The first <paramref name="kept"/> loops stay as they are.</summary>
    internal static Kernel Run(Kernel kernel, int kept = 0)
    {
        for (var loop = kept; loop < kernel.Loops;)
        {
            if (kernel.Extent(loop) == 1 && !IsOnlyInner(kernel, loop)) kernel = Without(kernel, loop, loop, 1);
            else if (loop + 1 < kernel.Loops && loop + 1 != kernel.Free.Length && CanMerge(kernel, loop)) kernel = Without(kernel, loop, loop + 1, kernel.Extent(loop));
            else loop++;
        }
        return kernel;
    }

    /// <summary>The kernel with free loops of these sizes, where those that it has can be joined to them; null where they cannot.</summary>
    internal static Kernel? To(Kernel kernel, ReadOnlySpan<long> sizes)
    {
        for (var loop = kernel.Free.Length - 1; loop >= 0; loop--)
            if (kernel.Free[loop] == 1) kernel = Without(kernel, loop, loop, 1);
        for (var loop = 0; loop < Math.Min(sizes.Length, kernel.Free.Length); loop++)
            while (kernel.Free[loop] < sizes[loop] && loop + 1 < kernel.Free.Length && CanMerge(kernel, loop)) kernel = Without(kernel, loop, loop + 1, kernel.Free[loop]);
        return kernel.Free.AsSpan().SequenceEqual(sizes) ? kernel : null;
    }

    static IEnumerable<Affine> Places(Kernel kernel) => kernel.Nodes.Select(expr => expr switch
    {
        LoadExpr load => load.Place,
        IndexedLoadExpr load => load.Place,
        CounterExpr counter => counter.Value,
        _ => null,
    }).OfType<Affine>().Concat(kernel.Stores.Select(store => store.Place));

    static bool CanMerge(Kernel kernel, int outer) =>
        // Which loop the inner one is decides what a zero-trip loop means, so those stay.
        kernel.Extent(outer) > 0 && kernel.Extent(outer + 1) > 0 && Places(kernel).All(place => place.Factors[outer] == place.Factors[outer + 1] * kernel.Extent(outer + 1));

    /// <summary>Removes a loop; the one at <paramref name="grown"/> runs so many times as often, unless it is the same.</summary>
    static Kernel Without(Kernel kernel, int removed, int grown, long times)
    {
        var extents = Enumerable.Range(0, kernel.Loops).Select(loop => kernel.Extent(loop) * (loop == grown && grown != removed ? times : 1)).ToList();
        extents.RemoveAt(removed);
        var free = kernel.Free.Length - (removed < kernel.Free.Length ? 1 : 0);
        return KernelRewriter.OnPlaces(kernel, [.. extents.Take(free)], [.. extents.Skip(free)], place => place with { Factors = place.Factors.RemoveAt(removed) });
    }

    /// <summary>The last inner loop stays, even of one iteration: it is what moves the states.</summary>
    static bool IsOnlyInner(Kernel kernel, int loop) => loop >= kernel.Free.Length && kernel.Inner.Length == 1;
}
