using System.Collections.Immutable;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// How an emitted nest runs: the free loops, inside them the contracted ones, and the loop that is vectorised. A free one is cut into blocks of
/// vectors that stay in registers while all contracted loops run; a contracted one is innermost and sums into several vectors.
/// </summary>
/// <param name="Around">A free loop around the emitted code, if its outermost loop would be too short to be shared among threads.</param>
/// <param name="Free">The free loops but for the vectorised one, outermost first.</param>
/// <param name="Contracted">The contracted loops but for the vectorised one, outermost first.</param>
/// <param name="Vector">The vectorised loop; null where there are no loops at all.</param>
/// <param name="Lanes">Elements per vector; 1 where strides forbid vectors.</param>
/// <param name="Block">How many vectors are held in registers.</param>
sealed record NestSchedule(Loop? Around, ImmutableArray<Loop> Free, ImmutableArray<Loop> Contracted, Loop? Vector, int Lanes, int Block)
{
    const int MostBlock = 4;

    /// <summary>Shorter outermost loops are shared among threads together with the next one.</summary>
    const int LeastShared = 64;

    /// <summary>Shorter nests are not shared.</summary>
    const int LeastIterations = 1 << 18;

    /// <summary>Whether the vectorised loop is contracted.</summary>
    internal bool Sums => Vector is { Role: LoopRole.Contracted };

    /// <summary>The loop whose iterations may run apart from each other, if any.</summary>
    internal Loop? Outermost => Free.Length > 0 ? Free[0] : Sums ? null : Vector;

    internal static NestSchedule Make(KernelPlan plan, int simdBits)
    {
        var free = LoopOrder.Sort(plan.Loops.Where(loop => loop.Role != LoopRole.Contracted));
        var contracted = LoopOrder.Sort(plan.LoopsOf(LoopRole.Contracted));
        var (vector, lanes) = ChooseVector(free, contracted, plan.Arithmetic().Size(), simdBits / 8);
        var block = vector is null ? 1 : (int)Math.Min(MostBlock, vector.Extent / lanes);
        Loop[] scalar = [.. free.Where(loop => !ReferenceEquals(loop, vector))];
        var around = scalar.Length > 1 && scalar[0].Extent < LeastShared && plan.Iterations > LeastIterations ? scalar[0] : null;
        return new(around, [.. scalar.Skip(around is null ? 0 : 1)], [.. contracted.Where(loop => !ReferenceEquals(loop, vector))], vector, lanes, block);
    }

    static (Loop?, int) ChooseVector(Loop[] free, Loop[] contracted, int elementBytes, int vectorBytes)
    {
        const int leastBytes = 16;
        var least = Math.Max(leastBytes / elementBytes, 2);
        var sum = contracted.Where(loop => loop.Strides.All(stride => stride is 0 or 1) && loop.Strides.Contains(1)).MaxBy(loop => loop.Extent);
        var store = free.FirstOrDefault(loop => loop.ResultStride == 1 && loop.Strides.All(stride => stride is 0 or 1));
        var (sumLanes, storeLanes) = (Fit(sum), Fit(store));
        return storeLanes > 1 && storeLanes >= sumLanes ? (store, storeLanes)
            : sumLanes > 1 ? (sum, sumLanes)
            : (free.LastOrDefault() ?? contracted.LastOrDefault(), 1);

        // The widest vector that the loop fills at least once.
        int Fit(Loop? loop)
        {
            if (loop is null) return 0;
            var fit = vectorBytes / elementBytes;
            while (fit > loop.Extent) fit /= 2;
            return fit >= least ? fit : 1;
        }
    }

    /// <summary><c>free 10 (20 0 30), contracted 20 (1 30 0), vector free 30 (0 1 1) by 1 x 16</c></summary>
    public override string ToString() => string.Join(", ",
        [.. Around is null ? Array.Empty<string>() : [$"around {Print(Around)}"], .. Free.Select(Print), .. Contracted.Select(Print), .. Vector is null ? Array.Empty<string>() : [$"vector {Print(Vector)} by {Block} x {Lanes}"]]);

    static string Print(Loop loop) => loop.ToString();
}
