namespace EinsumNet.Backends.Cpu;

/// <summary>A nest some of whose loops advance by blocks: an odometer over the blocks, which knows how long each is.</summary>
sealed unsafe class BlockedLoops
{
    readonly Odometer _odometer;
    readonly Loop? _innermost;
    readonly (int Place, long Extent, long Block)[] _blocked;

    /// <param name="plan">The plan that the loops are of.</param>
    /// <param name="order">All loops, outermost first.</param>
    /// <param name="blocked">Those that advance by blocks; null where there is no such loop, and its blocks have length 1.</param>
    internal BlockedLoops(KernelPlan plan, IReadOnlyList<Loop> order, params (Loop? Loop, long Block)[] blocked)
    {
        _blocked = [.. blocked.Select(pair => pair.Loop is null ? (-1, 1, 1) : (Place(order, pair.Loop), pair.Loop.Extent, Math.Min(pair.Block, pair.Loop.Extent)))];
        var cut = order.Select(Cut).ToArray();
        _odometer = new Odometer(plan, cut);
        _innermost = cut.LastOrDefault(loop => loop.Extent > 1);
    }

    /// <summary>How many elements the operand mostly moves from one block to the next.</summary>
    internal nint Ahead(int operand) => (nint)(_innermost?.Strides[operand] ?? 0);

    internal long Count => _odometer.Count;

    internal int PositionLength => _odometer.Rank;

    internal long Block(int number) => _blocked[number].Block;

    internal void Seek(long index, long* position, nint* addresses) => _odometer.Seek(index, position, addresses);

    internal void Next(long* position, nint* addresses) => _odometer.Next(position, addresses);

    /// <summary>How many iterations the block of the numbered loop has here.</summary>
    internal nint Length(int number, long* position)
    {
        var (place, extent, block) = _blocked[number];
        return (nint)(place < 0 ? 1 : Math.Min(block, extent - position[place] * block));
    }

    static int Place(IReadOnlyList<Loop> order, Loop loop)
    {
        for (var place = 0; place < order.Count; place++)
            if (ReferenceEquals(order[place], loop)) return place;
        throw new ArgumentException("Not one of the loops.", nameof(loop));
    }

    Loop Cut(Loop loop, int place)
    {
        foreach (var (at, extent, block) in _blocked)
            if (at == place) return loop with { Extent = (extent + block - 1) / block, Strides = [.. loop.Strides.Select(stride => stride * block)] };
        return loop;
    }
}
