using System.Collections.Immutable;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>
/// Unroll and jam (Callahan, Cocke and Kennedy 1988): several points of a reduction's free loops at a time, so that they share what they load, and so that none of
/// their sums waits for itself.
/// <code>for i: s = 0; for k: s += a[i, k] b[k, j]   --->   for i by 2: s0 = s1 = 0; for k: s0 += a[i, k] b[k, j]; s1 += a[i + 1, k] b[k, j]</code>
/// </summary>
/// <param name="Loop">The free loop that is jammed beside the vectorised one; -1 for none.</param>
/// <param name="Rows">So many of its points at a time.</param>
/// <param name="Vectors">So many neighbouring vectors of the vectorised loop at a time.</param>
readonly record struct JamLoops(int Loop, int Rows, int Vectors)
{
    /// <summary>Sums at a time: half of the registers, and so no less than hide the latency of an addition.</summary>
    static int MostSums => SimdWidth.Bits == 512 ? 16 : 8;

    /// <summary>Copies of larger bodies gain nothing.</summary>
    const int MostNodes = 256;

    internal static JamLoops None => new(-1, 1, 1);

    internal bool IsNone => Points == 1;

    /// <summary>Points, or vectors of them, at a time.</summary>
    internal int Points => Rows * Vectors;

    /// <summary>What pays for the kernel: vectors side by side, and rows that share loads; of sums along vectors, rows whose vectors are folded side by side.</summary>
    internal static JamLoops Of(Kernel kernel, VectorChoice vector)
    {
        var last = kernel.Free.Length - 1;
        if (!kernel.IsReduction || vector.Loop < last || last < 0 || !kernel.InnerStores.IsEmpty || !SumsAreApart(kernel)) return None;
        if (vector.Loop > last)
        {
            // A costly function hides what folding costs, and is long.
            var folded = kernel.HasCostly ? 1 : Evenly(kernel.Free[last], Math.Min(MostSums / SumEmitter.ChainsOf(kernel) / kernel.States.Length, MostNodes / Math.Max(1, kernel.Nodes.Count())));
            return new JamLoops(folded > 1 ? last : -1, folded, 1);
        }
        var most = Math.Min(MostSums / kernel.States.Length, MostNodes / Math.Max(1, kernel.Nodes.Count()));
        // The loop that most loads do not depend on; all of them depend on one that is not worth it.
        var loads = Kernel.Reach(kernel.BodyRoots).OfType<LoadExpr>().ToList();
        var (loop, shared) = Enumerable.Range(0, last).Select(loop => (loop, Shared: loads.Count(load => load.Place.Factors[loop] == 0))).DefaultIfEmpty((-1, 0)).MaxBy(pair => pair.Item2);
        var vectors = Evenly(kernel.Free[last] / vector.Lanes, shared > 0 ? Math.Min(2, most) : most);
        var rows = shared > 0 ? Evenly(kernel.Free[loop], most / vectors) : 1;
        return new JamLoops(rows > 1 ? loop : -1, rows, vectors);
    }

    /// <summary>Whether no sum looks at another while it goes on.</summary>
    internal static bool SumsAreApart(Kernel kernel) => !Kernel.Reach(kernel.States.Select(state => state.Next)).Any(expr => expr is StateExpr);

    /// <summary>How many of <paramref name="count"/> at a time, at most so many and not much fewer, so that the least are left.</summary>
    static int Evenly(long count, int most)
    {
        if (most < 2 || count <= most) return (int)Math.Max(1, Math.Min(count, most));
        return Enumerable.Range(most / 2 + 1, most - most / 2).MinBy(each => (count % each, -each));
    }

    /// <summary>The kernel with all its states so often, each time some points further on; what does not move is shared.</summary>
    internal static Kernel Copies(Kernel kernel, int loop, int count, long distance)
    {
        if (count == 1) return kernel;
        var (states, stores) = (ImmutableArray.CreateBuilder<KernelState>(), ImmutableArray.CreateBuilder<KernelStore>());
        for (var copy = 0; copy < count; copy++)
        {
            var (shift, first) = (copy * distance, states.Count);
            KernelRewriter? rewriter = null;
            rewriter = new KernelRewriter(expr => expr switch
            {
                LoadExpr load => Moves(load.Place) ? load with { Place = Moved(load.Place) } : load,
                IndexedLoadExpr load when Moves(load.Place) => load with { Place = Moved(load.Place), Position = rewriter!.Run(load.Position) },
                CounterExpr counter => Moves(counter.Value) ? new CounterExpr(Moved(counter.Value)) : counter,
                StateExpr state => state with { Index = first + state.Index },
                _ => null,
            });
            foreach (var state in kernel.States) states.Add(state with { Initial = rewriter.Run(state.Initial), Next = rewriter.Run(state.Next) });
            foreach (var store in kernel.FinalStores) stores.Add(store with { Place = Moved(store.Place), Value = rewriter.Run(store.Value) });

            bool Moves(Affine place) => shift != 0 && place.Factors[loop] != 0;

            Affine Moved(Affine place) => place.Plus(place.Factors[loop] * shift);
        }
        return kernel with { States = states.ToImmutable(), FinalStores = stores.ToImmutable() };
    }
}
