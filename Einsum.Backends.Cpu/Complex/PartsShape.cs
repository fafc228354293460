namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A product of complex numbers as one of doubles, in which a number's two parts are an axis: it has two more loops of two iterations, over the parts of each operand. The operands and the result know of
/// one of them each; the third tensor, the one whose copy is least trouble, is copied to have both:
/// <code>
/// out[i,(k,c)]   = sum over (j,b) of x[i,(j,b)] * copy[(j,b),(k,c)]   with the parts b of x and c of the result, copy of y
/// copy[(i,a),(k,b)] = sum over j of x[(i,a),j] * y[j,(k,b)]           with the parts a of x and b of y, copied to the result
/// </code>
/// All multiplications are those of the complex product, none is by a zero that was put there.
/// </summary>
/// <param name="Plan">The product.</param>
/// <param name="Copied">The tensor that is copied: an operand or, numbered 2, the result.</param>
/// <param name="Outer">The loops of the copy but the innermost, outermost first.</param>
/// <param name="Inner">Its innermost one.</param>
/// <param name="Around">The loops of which the copy holds one iteration.</param>
/// <param name="Cut">The loop of which it holds a block; null where there is none.</param>
/// <param name="Block">How many iterations that is.</param>
sealed record PartsShape(KernelPlan Plan, int Copied, Loop[] Outer, Loop Inner, Loop[] Around, Loop? Cut, long Block)
{
    const int Result = 2;

    /// <summary>Bytes that the parts of a number take in the copy.</summary>
    internal const int NumberBytes = 4 * sizeof(double);

    /// <summary>A number that is copied, or that is read or written at strides that suit no vector, takes as long as so many terms in long rows of complex numbers, and beginning as long as so many.</summary>
    const double TermsPerCopy = 5, TermsToBegin = 500;

    /// <summary>Of batches, copies that stay in L2 beside what else is read, and the most that one entry may take; of others, as much as the copies of other families take.</summary>
    const long BatchBytes = 192 << 10, MostBatchBytes = 1 << 20, MostBytes = 64 << 20;

    /// <summary>Fewer blocks had better be one, whose kernel shares its work among threads.</summary>
    const double FewBlocks = 16;

    /// <summary>Whether blocks are shared by threads, rather than each block's work.</summary>
    internal bool IsShared { get; private init; }

    /// <summary>The shape, or null where the plan is no such product or had better be computed as it is.</summary>
    internal static PartsShape? Of(KernelPlan plan)
    {
        if (plan.Element != ElementType.Complex || plan.Kind is not (KernelKind.Contraction or KernelKind.MatrixVector) || plan.HasEmptyLoop || plan.Operands.Any(operand => operand.Element != ElementType.Complex)) return null;
        var (best, least) = ((PartsShape?)null, (ComplexShape.Of(plan).Terms(plan) - TermsToBegin) / TermsPerCopy);
        if (least <= 0) return null;
        for (var copied = 0; copied <= Result; copied++)
            if (Of(plan, copied) is { } shape && shape.Cost is var cost && cost < least) (best, least) = (shape, cost);
        return best;
    }

    /// <summary>Numbers that are copied, those that are read or written as single ones, and those that are read again for other blocks.</summary>
    double Cost
    {
        get
        {
            double Single(int tensor, LoopRole role) => IsAlong(Plan, tensor, role) ? 0 : TurnedShape.Elements(Plan, tensor);
            var cost = Copied == Result
                ? 3 * TurnedShape.Elements(Plan, Result) + Single(0, LoopRole.Left) + Single(1, LoopRole.Right)
                : 2 * TurnedShape.Elements(Plan, Copied) + Single(1 - Copied, LoopRole.Contracted) + Single(Result, Copied == 0 ? LoopRole.Left : LoopRole.Right);
            for (var operand = 0; operand < Result; operand++)
                if (operand != Copied) cost += (Times(loop => loop.Strides[operand] == 0) - 1) * TurnedShape.Elements(Plan, operand);
            return cost;
        }
    }

    /// <summary>Whether the tensor's neighbours lie along a loop of the role.</summary>
    static bool IsAlong(KernelPlan plan, int tensor, LoopRole role) => TurnedShape.Nearest(plan, tensor) is { } near && near.Strides[tensor] == 1 && near.Role == role;

    /// <summary>The shape with that tensor copied, null where it has no loop, or none to cut; copies had better be no larger than so many bytes, of batches that threads share and of others.</summary>
    internal static PartsShape? Of(KernelPlan plan, int copied, long batchBytes = BatchBytes, long mostBytes = MostBytes)
    {
        var loops = plan.Loops.Where(loop => loop.Strides[copied] != 0).OrderByDescending(loop => loop.Strides[copied]).ToList();
        if (loops.Count == 0) return null;
        var inner = loops[^1];
        if (copied != Result && inner.Role != LoopRole.Contracted && TurnedShape.Nearest(plan, Result) is { } near && loops.Contains(near, ReferenceEqualityComparer.Instance)) inner = near;
        Take(inner);
        // Next to the parts of the tensor that is read as it lies, or of the other operand, the loop along which that has its neighbours: both are one loop then.
        var shape = new PartsShape(plan, copied, [], inner, [], null, 1);
        if (loops.Where(loop => loop.Strides[shape.OuterTensor] != 0).MinBy(loop => loop.Strides[shape.OuterTensor]) is { } next)
        {
            Take(next);
            loops.Add(next);
        }
        return (shape with { Outer = [.. loops] }).WithBlocks(batchBytes, mostBytes);

        void Take(Loop loop) => loops.RemoveAt(loops.FindIndex(other => ReferenceEquals(other, loop)));
    }

    /// <summary>Copies of batches that stay in L2, of others that are not too large; null where there is no loop to cut.</summary>
    PartsShape? WithBlocks(long batchBytes, long mostBytes)
    {
        var bytes = TurnedShape.Elements(Plan, Copied) * NumberBytes;
        Loop[] batch = [.. Outer.Where(loop => loop.Role == LoopRole.Batch)];
        var entries = batch.Aggregate(1.0, (product, loop) => product * loop.Extent);
        if (Inner.Role != LoopRole.Batch && bytes > batchBytes && entries >= FewBlocks && bytes / entries <= MostBatchBytes && CutFrom(batch, batchBytes) is { Blocks: >= FewBlocks } shared) return shared with { IsShared = true };
        if (bytes <= mostBytes) return this;
        return CutFrom([.. batch, .. Outer.OrderByDescending(loop => loop.Extent).Append(Inner).Where(loop => loop.Role is LoopRole.Left or LoopRole.Right)], mostBytes);
    }

    /// <summary>Of the first loop whose iterations are few enough bytes each, as many as fit; of those before it one.</summary>
    PartsShape? CutFrom(Loop[] candidates, long mostBytes)
    {
        var bytes = TurnedShape.Elements(Plan, Copied) * NumberBytes;
        for (var around = 0; around < candidates.Length; around++)
        {
            var cut = candidates[around];
            bytes /= cut.Extent;
            if (bytes > mostBytes && around < candidates.Length - 1) continue;
            var blocks = Math.Ceiling(cut.Extent / Math.Max(Math.Floor(mostBytes / bytes), 1));
            return this with { Around = candidates[..around], Cut = cut, Block = (long)Math.Ceiling(cut.Extent / blocks), Outer = [.. Outer.Except(candidates[..around], ReferenceEqualityComparer.Instance).Cast<Loop>()] };
        }
        return null;
    }

    double Blocks => Times(_ => true);

    /// <summary>How many blocks there are along such loops.</summary>
    double Times(Func<Loop, bool> counts) =>
        Around.Where(counts).Aggregate(1.0, (product, loop) => product * loop.Extent) * (Cut is not null && counts(Cut) ? Math.Ceiling((double)Cut.Extent / Block) : 1);

    /// <summary>Doubles of the copy.</summary>
    internal long Elements => 4 * Extent(Inner, Block) * Outer.Aggregate(1L, (product, loop) => checked(product * Extent(loop, Block)));

    long Extent(Loop loop, long block) => ReferenceEquals(loop, Cut) ? block : loop.Extent;

    /// <summary>The product of doubles with so many iterations of the loop that is cut.</summary>
    internal KernelPlan Product(long block)
    {
        var (copy, row) = Strides(block);
        var loops = new List<Loop>();
        foreach (var loop in Plan.Loops)
        {
            if (Extent(loop, block) is var extent && (extent == 1 || Around.Contains(loop, ReferenceEqualityComparer.Instance))) continue;
            loops.Add(new Loop(extent, loop.Role, [.. loop.Strides.Select((stride, tensor) => tensor == Copied ? copy.GetValueOrDefault(loop) : 2 * stride)]));
        }
        // The parts of each of the tensors that lie as they are; the third one has no such loop.
        for (var tensor = 0; tensor <= Result; tensor++)
        {
            if (tensor == Copied) continue;
            var role = (3 - Copied - tensor) switch { Result => LoopRole.Contracted, 1 => LoopRole.Left, _ => LoopRole.Right };
            var strides = new long[Result + 1];
            (strides[tensor], strides[Copied]) = (1, tensor == InnerTensor ? 1 : row);
            loops.Add(new Loop(2, role, [.. strides]));
        }
        var merged = MergeLoops.Run(loops);
        var number = new KernelOperand(ElementType.Double);
        return new KernelPlan(KernelKinds.Classify(2, merged), [number, number], number, merged);
    }

    /// <summary>The tensor whose parts are neighbours in the copy.</summary>
    int InnerTensor => Copied == Result ? Inner.Role == LoopRole.Right ? 1 : 0 : Inner.Role == LoopRole.Contracted ? 1 - Copied : Result;

    /// <summary>The other one that is read or written as it lies.</summary>
    int OuterTensor => 3 - Copied - InnerTensor;

    /// <summary>The copy, complex numbers on one side and pairs of rows of doubles on the other, as a plan of its outer loops; both rows begin at the address.</summary>
    internal KernelPlan Rows(long block)
    {
        var (copy, _) = Strides(block);
        var isResult = Copied == Result;
        var (from, to) = (new KernelOperand(isResult ? ElementType.Double : ElementType.Complex), new KernelOperand(isResult ? ElementType.Complex : ElementType.Double));
        var loops = Outer.Where(loop => Extent(loop, block) > 1).Select(loop => new Loop(Extent(loop, block), LoopRole.Free, isResult ? [copy[loop], loop.Strides[Copied]] : [loop.Strides[Copied], copy[loop]]));
        return new KernelPlan(KernelKind.Transpose, [from], to, [.. loops]);
    }

    internal long InnerExtent(long block) => Extent(Inner, block);

    /// <summary>
    /// The signs of the copy's rows: the first has the number's parts times 1 and <c>First</c>, the second the parts, swapped, times <c>Swapped</c>; the other way around for a result.
    /// </summary>
    internal (double First, (double Left, double Right) Swapped) Signs
    {
        get
        {
            double Sign(int tensor) => (tensor == Result ? Plan.Result : Plan.Operands[tensor]).Map == Elementwise.Conjugate ? -1 : 1;
            // An operand's part that meets the imaginary part of the other gives a real number of the other sign.
            double Pair(int one, int other) => Sign(one) * Sign(other) * (one != Result && other != Result ? -1 : 1);
            return Copied == Result
                ? (Sign(Result) * Sign(InnerTensor), (Pair(0, 1), Sign(Result) * Sign(OuterTensor)))
                : (Pair(InnerTensor, Copied), (Pair(OuterTensor, Copied), Sign(OuterTensor) * Sign(InnerTensor)));
        }
    }

    (Dictionary<Loop, long> Loops, long Row) Strides(long block)
    {
        var strides = new Dictionary<Loop, long>(ReferenceEqualityComparer.Instance) { [Inner] = 2 };
        var row = 2 * Extent(Inner, block);
        var stride = 2 * row;
        for (var i = Outer.Length - 1; i >= 0; i--)
        {
            strides[Outer[i]] = stride;
            stride *= Extent(Outer[i], block);
        }
        return (strides, row);
    }
}
