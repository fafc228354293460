using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Makes equal expressions of a kernel one, so that what two joined kernels both read is read once.
/// <code>%2 = exp(%0[i]); %3 = abs(%0[i])   --->   the same, with one load</code>
/// </summary>
sealed class ShareExpressions
{
    readonly Dictionary<Key, KernelExpr> _known = [];

    internal static Kernel Run(Kernel kernel)
    {
        var pass = new ShareExpressions();
        KernelRewriter? rewriter = null;
        rewriter = new KernelRewriter(expr => pass.Share(expr, rewriter!));
        return kernel with
        {
            States = [.. kernel.States.Select(state => state with { Initial = rewriter.Run(state.Initial), Next = rewriter.Run(state.Next) })],
            InnerStores = [.. kernel.InnerStores.Select(Store)],
            FinalStores = [.. kernel.FinalStores.Select(Store)],
            Condition = kernel.Condition is null ? null : rewriter.Run(kernel.Condition),
        };

        KernelStore Store(KernelStore store) => store with { Value = rewriter.Run(store.Value) };
    }

    KernelExpr Share(KernelExpr expr, KernelRewriter rewriter)
    {
        ImmutableArray<KernelExpr> inputs = [.. expr.Inputs.Select(rewriter.Run)];
        var key = new Key(expr switch
        {
            LoadExpr load => (load.Buffer, load.Place),
            IndexedLoadExpr load => (load.Buffer, load.Place, load.Stride, load.Size),
            NumberExpr number => (number.Value, number.Element),
            CounterExpr counter => counter.Value,
            ApplyExpr apply => apply.Function,
            CastExpr cast => cast.Element,
            StateExpr state => state.Index,
            _ => expr,
        }, expr.GetType(), inputs);
        if (_known.TryGetValue(key, out var known)) return known;
        return _known[key] = inputs.AsSpan().SequenceEqual(expr.Inputs.AsSpan()) ? expr : expr.With(inputs);
    }

    readonly record struct Key(object Parameters, Type Kind, ImmutableArray<KernelExpr> Inputs)
    {
        public bool Equals(Key other) => Kind == other.Kind && Parameters.Equals(other.Parameters) && Inputs.AsSpan().SequenceEqual(other.Inputs.AsSpan());

        public override int GetHashCode() => Inputs.Aggregate(HashCode.Combine(Parameters, Kind), HashCode.Combine);
    }
}
