using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Rebuilds the expressions of kernels, each once: what was shared stays shared.</summary>
sealed class KernelRewriter(Func<KernelExpr, KernelExpr?> leaf)
{
    readonly Dictionary<KernelExpr, KernelExpr> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The expression with what <paramref name="expr"/> and its inputs become; null from the function keeps one and goes on to its inputs.</summary>
    internal KernelExpr Run(KernelExpr expr)
    {
        if (_known.TryGetValue(expr, out var known)) return known;
        if (leaf(expr) is { } given) return _known[expr] = given;
        var inputs = expr.Inputs;
        if (inputs.IsEmpty) return _known[expr] = expr;
        ImmutableArray<KernelExpr> made = [.. inputs.Select(Run)];
        return _known[expr] = made.AsSpan().SequenceEqual(inputs.AsSpan()) ? expr : expr.With(made);
    }

    /// <summary>The kernel with each expression rewritten, and each place that <paramref name="place"/> moves.</summary>
    internal static Kernel OnPlaces(Kernel kernel, ImmutableArray<long> free, ImmutableArray<long> inner, Func<Affine, Affine> place)
    {
        KernelRewriter? rewriter = null;
        rewriter = new KernelRewriter(expr => expr switch
        {
            LoadExpr load => load with { Place = place(load.Place) },
            IndexedLoadExpr load => load with { Place = place(load.Place), Position = rewriter!.Run(load.Position) },
            CounterExpr counter => new CounterExpr(place(counter.Value)),
            _ => null,
        });
        return new Kernel(
            free, inner, [.. kernel.States.Select(state => state with { Initial = rewriter.Run(state.Initial), Next = rewriter.Run(state.Next) })],
            [.. kernel.InnerStores.Select(Store)], [.. kernel.FinalStores.Select(Store)])
        {
            Condition = kernel.Condition is null ? null : rewriter.Run(kernel.Condition),
        };

        KernelStore Store(KernelStore store) => store with { Place = place(store.Place), Value = rewriter.Run(store.Value) };
    }
}
