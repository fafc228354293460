using System.Collections.Immutable;
using System.Text;

namespace EinsumNet.Functions;

/// <summary>What is written where.</summary>
sealed record KernelStore(int Buffer, Affine Place, KernelExpr Value)
{
    public override string ToString() => $"%{Buffer}[{Place}] = {Value}";
}

/// <summary>A value kept from iteration to iteration of the inner loops: Next replaces it, or is combined with it.</summary>
sealed record KernelState(KernelExpr Initial, KernelExpr Next, ElementFunction? Combine)
{
    internal ElementType Element => Next.Element;
}

/// <summary>
/// A loop nest: for each point of the free loops, the states start, the inner loops run them forward (and store as they go), and the final
/// stores are made. Without inner loops there are only final stores. Points of the free loops are independent of each other.
/// With a condition there is one inner loop, of extent 1 by convention, which runs while the condition holds instead.
/// </summary>
sealed record Kernel(ImmutableArray<long> Free, ImmutableArray<long> Inner, ImmutableArray<KernelState> States, ImmutableArray<KernelStore> InnerStores, ImmutableArray<KernelStore> FinalStores)
{
    /// <summary>A bool of the states, asked before each iteration.</summary>
    internal KernelExpr? Condition { get; init; }

    internal int Loops => Free.Length + Inner.Length;

    /// <summary>Whether the states are sums of a kind, which may be added up in any order.</summary>
    internal bool IsReduction => Condition is null && States.Length > 0 && States.All(state => state.Combine is not null);

    /// <summary>Whether a point may be computed twice: nothing is read where it is written, for there an intermediate may be written over another.</summary>
    internal bool IsRepeatable => !Nodes.OfType<LoadExpr>().Any(load => Stores.Any(store => store.Place.Equals(load.Place)));

    /// <summary>Whether a function in its loops takes as long as many others.</summary>
    internal bool HasCostly => Reach(BodyRoots).Any(IsCostly);

    static bool IsCostly(KernelExpr expr) => expr is ApplyExpr apply && apply.Function.IsCostly();

    /// <summary>Whether a division of integers may fail in it.</summary>
    internal bool MayFault => Nodes.OfType<ApplyExpr>().Any(DividesWholes);

    /// <summary>Whether the function divides integers, but by a number that is known not to fail.</summary>
    internal static bool DividesWholes(ApplyExpr apply) =>
        apply is { Function: ElementFunction.Divide or ElementFunction.Remainder, Element: >= ElementType.SByte and <= ElementType.NInt }
        && !(apply.Operands[1] is NumberExpr { Value: var value } && (value is nint number ? number : Convert.ToDecimal(value, null)) is not (0 or -1));

    internal long Extent(int loop) => loop < Free.Length ? Free[loop] : Inner[loop - Free.Length];

    internal IEnumerable<KernelExpr> BodyRoots => Inner.IsEmpty ? FinalStores.Select(store => store.Value)
        : States.Select(state => state.Next).Concat(InnerStores.Select(store => store.Value)).Concat(Condition is null ? [] : [Condition]);

    internal IEnumerable<KernelExpr> Roots => States.Select(state => state.Initial).Concat(BodyRoots).Concat(FinalStores.Select(store => store.Value));

    internal IEnumerable<KernelStore> Stores => InnerStores.Concat(FinalStores);

    internal IEnumerable<KernelExpr> Nodes => Reach(Roots);

    /// <summary>The buffers that are read, each once.</summary>
    internal ImmutableArray<int> Reads => [.. Nodes.Select(BufferOf).OfType<int>().Distinct().Order()];

    internal ImmutableArray<int> Writes => [.. Stores.Select(store => store.Buffer).Distinct().Order()];

    /// <summary>Nobody knows how often the condition of a loop will hold.</summary>
    internal const double UnknownIterations = 64;

    /// <summary>Element operations of one run, as an estimate of its cost.</summary>
    internal double Work => Free.Concat(Inner).Aggregate(WorkEach, (product, size) => product * size);

    /// <summary>Those of one point of all loops; a costly function counts as many.</summary>
    internal double WorkEach
    {
        get
        {
            const double costly = 16;
            return Reach(BodyRoots).Sum(expr => IsCostly(expr) ? costly : 1) * (Condition is null ? 1 : UnknownIterations);
        }
    }

    /// <summary>The bytes of the elements that one run reads and writes, as an estimate: what is asked for by position counts for each point.</summary>
    internal double Bytes
    {
        get
        {
            var touched = new Dictionary<int, double>();
            foreach (var expr in Nodes)
            {
                if (expr is LoadExpr load) Touch(load.Buffer, load.Element, load.Place.Factors);
                else if (expr is IndexedLoadExpr indexed) Touch(indexed.Buffer, indexed.Element, null);
            }
            foreach (var store in Stores) Touch(store.Buffer, store.Value.Element, store.Place.Factors);
            return touched.Values.Sum();

            void Touch(int buffer, ElementType element, ImmutableArray<long>? factors)
            {
                var bytes = Enumerable.Range(0, Loops).Where(loop => factors is null || factors.Value[loop] != 0).Aggregate((double)element.Size(), (product, loop) => product * Extent(loop));
                touched[buffer] = Math.Max(bytes, touched.GetValueOrDefault(buffer));
            }
        }
    }

    static int? BufferOf(KernelExpr expr) => expr switch
    {
        LoadExpr load => load.Buffer,
        IndexedLoadExpr load => load.Buffer,
        _ => null,
    };

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

    /// <summary><c>for i0 &lt; 10: s0 = 0; for i1 &lt; 20: s0 = add(s0, %0[20 i0 + i1]); %1[i0] = s0</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var loop = 0; loop < Free.Length; loop++) text.Append($"for i{loop} < {Free[loop]}: ");
        foreach (var (i, state) in States.Index()) text.Append($"s{i} = {state.Initial}; ");
        if (Condition is not null) text.Append($"while {Condition}: ");
        else for (var loop = Free.Length; loop < Loops; loop++) text.Append($"for i{loop} < {Extent(loop)}: ");
        foreach (var store in InnerStores) text.Append($"{store}; ");
        foreach (var (i, state) in States.Index()) text.Append(state.Combine is { } combine ? $"s{i} = {combine.Text()}(s{i}, {state.Next}); " : $"s{i} = {state.Next}; ");
        return text.Append(string.Join("; ", FinalStores)).ToString();
    }
}
