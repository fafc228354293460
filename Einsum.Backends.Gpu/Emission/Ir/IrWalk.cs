using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>Everything in a kernel, in order.</summary>
static class IrWalk
{
    internal static IEnumerable<IrStatement> Statements(ImmutableArray<IrStatement> body)
    {
        foreach (var statement in body)
        {
            yield return statement;
            var inner = statement switch { ForStatement loop => loop.Body, IfStatement branch => branch.Body, WhileStatement loop => loop.Body, _ => [] };
            foreach (var below in Statements(inner)) yield return below;
        }
    }

    internal static IEnumerable<IrExpr> Expressions(ImmutableArray<IrStatement> body) => Statements(body).SelectMany(statement => Roots(statement)).SelectMany(Reach);

    /// <summary>The expressions that a statement itself computes.</summary>
    internal static ImmutableArray<IrExpr> Roots(IrStatement statement) => statement switch
    {
        LetStatement let => [let.Value],
        SetStatement set => [set.Value],
        MoveStatement move => [move.By],
        StoreStatement store => [store.Place, store.Value],
        LoadRunStatement run => [run.At, run.Place],
        ForStatement loop => [loop.From, loop.To, loop.Step],
        CopyAsyncStatement copy => [copy.LocalPlace, copy.Place, copy.Valid],
        WgmmaStatement wgmma => [wgmma.X.Start, wgmma.Y.Start],
        MmaStatement mma => [mma.SumsAt, mma.XAt, mma.YAt],
        IfStatement branch => [branch.Condition],
        WhileStatement loop => [loop.Going],
        _ => [],
    };

    internal static IEnumerable<IrExpr> Reach(IrExpr root) => root.Inputs.SelectMany(Reach).Prepend(root);
}
