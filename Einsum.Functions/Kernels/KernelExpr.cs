using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>What a kernel computes for one point of its loops. Shared by reference: each is computed once per point.</summary>
abstract record KernelExpr(ElementType Element)
{
    internal virtual ImmutableArray<KernelExpr> Inputs => [];
}

/// <summary>An element of a buffer, at a place that is affine in the loops' counters.</summary>
sealed record LoadExpr(ElementType Element, int Buffer, Affine Place) : KernelExpr(Element);

/// <summary>A constant.</summary>
sealed record NumberExpr(ElementType Element, object Value) : KernelExpr(Element);

/// <summary>An affine function of the loops' counters, as a long.</summary>
sealed record CounterExpr(Affine Value) : KernelExpr(ElementType.Long);

/// <summary>A function of one element each.</summary>
sealed record ApplyExpr(ElementType Element, ElementFunction Function, ImmutableArray<KernelExpr> Operands) : KernelExpr(Element)
{
    internal override ImmutableArray<KernelExpr> Inputs => Operands;
}

/// <summary>An element converted.</summary>
sealed record CastExpr(ElementType Element, KernelExpr Operand) : KernelExpr(Element)
{
    internal override ImmutableArray<KernelExpr> Inputs => [Operand];
}

/// <summary>A state of the kernel: a carry, or a sum so far.</summary>
sealed record StateExpr(ElementType Element, int Index) : KernelExpr(Element);

/// <summary>Offset + the sum of Factors[i] times counter i.</summary>
sealed record Affine(long Offset, ImmutableArray<long> Factors)
{
    internal static Affine Zero(int loops) => new(0, [.. new long[loops]]);

    internal static Affine Counter(int loops, int loop) => new(0, [.. Enumerable.Range(0, loops).Select(i => i == loop ? 1L : 0)]);

    internal Affine Times(long factor) => new(Offset * factor, [.. Factors.Select(each => each * factor)]);

    internal Affine Plus(Affine other) => new(Offset + other.Offset, [.. Factors.Zip(other.Factors, (left, right) => left + right)]);

    internal Affine Plus(long offset) => this with { Offset = Offset + offset };
}

/// <summary>What is written where.</summary>
sealed record KernelStore(int Buffer, Affine Place, KernelExpr Value);

/// <summary>A value kept from iteration to iteration of the inner loops: Next replaces it, or is combined with it.</summary>
sealed record KernelState(KernelExpr Initial, KernelExpr Next, ElementFunction? Combine)
{
    internal ElementType Element => Next.Element;
}

/// <summary>
/// A loop nest: for each point of the free loops, the states start, the inner loops run them forward (and store as they go), and the final
/// stores are made. Without inner loops there are only final stores.
/// </summary>
sealed record Kernel(ImmutableArray<long> Free, ImmutableArray<long> Inner, ImmutableArray<KernelState> States, ImmutableArray<KernelStore> InnerStores, ImmutableArray<KernelStore> FinalStores)
{
    internal int Loops => Free.Length + Inner.Length;

    /// <summary>Whether the states are sums of a kind, which may be added up in any order.</summary>
    internal bool IsReduction => States.Length > 0 && States.All(state => state.Combine is not null);

    internal long Extent(int loop) => loop < Free.Length ? Free[loop] : Inner[loop - Free.Length];

    internal IEnumerable<KernelExpr> BodyRoots => Inner.IsEmpty ? FinalStores.Select(store => store.Value) : States.Select(state => state.Next).Concat(InnerStores.Select(store => store.Value));

    internal IEnumerable<KernelExpr> Roots => States.Select(state => state.Initial).Concat(BodyRoots).Concat(FinalStores.Select(store => store.Value));

    internal IEnumerable<KernelStore> Stores => InnerStores.Concat(FinalStores);

    internal static IEnumerable<KernelExpr> Reach(IEnumerable<KernelExpr> roots)
    {
        var seen = new HashSet<KernelExpr>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<KernelExpr>(roots);
        while (stack.TryPop(out var next))
        {
            if (!seen.Add(next)) continue;
            yield return next;
            foreach (var input in next.Inputs) stack.Push(input);
        }
    }
}
