using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Cuts a long reduction into stretches that threads can share, and a reduction of their results. The cuts depend on the sizes alone, so that
/// the result does not depend on the number of threads.
/// <code>s = sum over 1000000 of x   --->   p[c] = sum over 20000 of x[20000 c + i]; s = sum over 50 of p</code>
/// </summary>
static class SplitReductions
{
    /// <summary>A fraction of a millisecond, and so many stretches at most.</summary>
    const double StretchWork = 1 << 19;
    const int MostStretches = 64;

    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers) =>
        [.. steps.SelectMany(step => step is NestPlan nest && Cut(nest.Kernel, buffers) is { } parts ? parts : [step])];

    static IEnumerable<PlannedStep>? Cut(Kernel kernel, Buffers buffers)
    {
        if (!kernel.IsReduction || !kernel.InnerStores.IsEmpty) return null;
        var points = kernel.Free.Aggregate(1L, (product, size) => product * size);
        var (extent, stretches) = (kernel.Inner[0], (long)Math.Min(MostStretches, kernel.Work / Math.Max(1, points) / StretchWork));
        stretches = Math.Min(stretches, extent);
        if (stretches < 2 || points >= MostStretches || kernel.States.Any(state => state.Initial is not NumberExpr)) return null;
        var (length, free, cut) = (extent / stretches, kernel.Free.Length, kernel.Free.Length);
        var rest = extent - stretches * length;
        var slots = stretches + (rest > 0 ? 1 : 0);
        ImmutableArray<int> partial = [.. kernel.States.Select(state => buffers.Add(new TensorType(state.Element, [.. kernel.Free, slots])))];

        // Loop c stands between the free ones and those inside, and walks so many elements of the cut loop at a time.
        var main = KernelRewriter.OnPlaces(kernel, kernel.Free.Add(stretches), kernel.Inner.SetItem(0, length), place => place with { Factors = place.Factors.Insert(cut, place.Factors[cut] * length) });
        List<PlannedStep> made = [new NestPlan(main with { FinalStores = Stores(Slot(free + 1 + kernel.Inner.Length, cut, 0)) })];
        if (rest > 0)
        {
            var tail = KernelRewriter.OnPlaces(kernel, kernel.Free, kernel.Inner.SetItem(0, rest), place => place.Plus(place.Factors[cut] * stretches * length));
            made.Add(new NestPlan(tail with { FinalStores = Stores(Slot(kernel.Loops, -1, stretches)) }));
        }
        var sums = kernel.States.Select((state, i) => state with { Next = new LoadExpr(state.Element, partial[i], Slot(free + 1, cut, 0)) });
        var places = Enumerable.Range(0, kernel.Loops).Select(loop => Math.Min(loop, free)).ToArray();
        var last = KernelRewriter.OnPlaces(kernel with { States = [] }, kernel.Free, [slots], place => place.OnLoops(places, free + 1));
        made.Add(new NestPlan(last with { States = [.. sums] }));
        return made;

        Affine Slot(int loops, int counter, long offset)
        {
            var shape = kernel.Free.Add(slots);
            var place = Affine.Zero(loops).Plus(offset);
            for (var (axis, stride) = (free, 1L); axis >= 0; stride *= shape[axis--])
                if (axis < free || counter >= 0) place = place.Plus(Affine.Counter(loops, axis).Times(stride));
            return place;
        }

        ImmutableArray<KernelStore> Stores(Affine place) => [.. kernel.States.Select((state, i) => new KernelStore(partial[i], place, new StateExpr(state.Element, i)))];
    }
}
