using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>What can be wrong in traced functions. One line each, numbered from 1, because the messages name the line.</summary>
static class FunctionScenarios
{
    static readonly double[] s_three = [1, 2, 3];

    static readonly double[,] s_matrix = new double[2, 3];

    static TensorExpr? s_leaked;

    internal static Dictionary<string, Action> All { get; } = new()
    {
#line 1 "user.cs"
        ["@ shapes that do not broadcast"] = () => Fn.Jit(x => x + Fn.Arange(2).Convert<double>()).Eval<double>(s_three),
        ["@ broadcast to a smaller shape"] = () => Fn.Jit(x => x.Broadcast([2])).Eval<double>(s_three),
        ["@ element types that differ"] = () => Fn.Jit(x => x * Fn.Arange(3)).Eval<double>(s_three),
        ["@ fraction with integers"] = () => Fn.Jit(x => x * 0.5).Eval<long, long>(1L),
        ["@ exponential of integers"] = () => Fn.Jit(x => x.Exp()).Eval<int>(1),
        ["@ element type that is not traced"] = () => Fn.Jit(x => x).Eval<byte>((byte)1),
        ["@ condition that is no bool"] = () => Fn.Jit(x => Fn.Where(x, x, x)).Eval<double>(s_three),
        ["@ axis out of range"] = () => Fn.Jit(x => x.Sum(1)).Eval<double>(s_three),
        ["@ axis twice"] = () => Fn.Jit(x => x.Sum(0, -2)).Eval<double>(s_matrix),
        ["@ transpose that is no permutation"] = () => Fn.Jit(x => x.Transpose(0, 0)).Eval<double>(s_matrix),
        ["@ reshape to another number of elements"] = () => Fn.Jit(x => x.Reshape([4])).Eval<double>(s_matrix),
        ["@ slice past the end"] = () => Fn.Jit(x => x.Slice(0, 1, 4)).Eval<double>(s_three),
        ["@ concatenation of different shapes"] = () => Fn.Jit(x => Fn.Concat([x, x.Transpose()], 0)).Eval<double>(s_matrix),
        ["@ branch on a traced value"] = () => Fn.Jit(x => x < 0 ? -x : x).Eval<double>(1.0),
        ["@ vmap over different sizes"] = () => Fn.Vmap((x, y) => x * y).Eval<double>(s_three, s_matrix),
        ["@ vmap against axisSize"] = () => Fn.Vmap(x => x, axisSize: 4).Eval<double>(s_three),
        ["@ vmap of nothing"] = () => Fn.Vmap(x => x, (int?)null).Eval<double>(s_three),
        ["@ vmap with too many inAxes"] = () => Fn.Vmap(x => x, [0, 0]).Eval<double>(s_three),
        ["@ vmap with too many outAxes"] = () => Fn.Vmap(x => x, 0, [0, 0]).Eval<double>(s_three),
        ["@ vmap over an axis that is not there"] = () => Fn.Vmap(x => x, 1).Eval<double>(s_three),
        ["@ vmap to an axis that is not there"] = () => Fn.Vmap(x => x, 0, -2).Eval<double>(s_three),
        ["@ vmap of a negative size"] = () => Fn.Vmap(x => x, (int?)null, 0, axisSize: -1).Eval<double>(s_three),
        ["@ vmap with null for a mapped result"] = () => Fn.Vmap(x => x, 0, (int?)null).Eval<double>(s_three),
        ["@ carry that changes shape"] = () => Fn.Jit(x => Fn.Scan((c, v) => (Fn.Stack([c, v]), v), x[0], x).Carry).Eval<double>(s_three),
        ["@ carry that changes element type"] = () => Fn.Jit(x => Fn.ForiLoop(0, 3, (i, c) => i, x)).Eval<double>(1.0),
        ["@ while that changes shape"] = () => Fn.Jit(x => Fn.While(c => c.Sum() < 3, c => c.Sum(), x)).Eval<double>(s_three),
        ["@ scan of nothing"] = () => Fn.Jit(x => Fn.Scan((c, _) => (c, c), [x], []).Carry[0]).Eval<double>(1.0),
        ["@ scan of another length"] = () => Fn.Jit(x => Fn.Scan((c, v) => (c, v), x[0], x, length: 2).Carry).Eval<double>(s_three),
        ["@ scan over a scalar"] = () => Fn.Jit(x => x.CumSum(0)).Eval<double>(1.0),
        ["@ map in batches of none"] = () => Fn.Jit(x => Fn.Map(v => v, x, batchSize: 0)).Eval<double>(s_three),
        ["@ leaked value"] = () => { Fn.Jit(x => s_leaked = x).Eval<double>(s_three); Fn.Jit(x => x + s_leaked!).Eval<double>(s_three); },
        ["@ two results where one is taken"] = () => Fn.JitAll(x => [x[0], x[0]]).Eval<double>(s_three),
        ["@ result of another element type"] = () => Fn.Jit(x => x.ArgMax(0)).Eval<double>(s_three),
        ["@ no equation"] = () => _ = Fn.Vmap(x => x * x).Equation,
        ["@ greatest of nothing"] = () => Fn.Jit(x => x.Max()).Eval<double>(Array.Empty<double>()),
        ["@ while on a vector"] = () => Fn.Jit(x => Fn.While(c => c < 3, c => c + 1, x)).Eval<double>(s_three),
        ["@ destination of another shape"] = () => Fn.Jit(x => x).InvokeInto<double>(new double[2], s_three),
        ["@ equation that is no nest"] = () => Fn.FromEquation("ii,i->i"),
        ["@ operand too many"] = () => Fn.Jit(x => x).Eval<double>(s_three, s_three),
        ["@ dot of matrices"] = () => Fn.Dot.Eval<double>(s_matrix, s_matrix),
        ["@ scan over xs of different lengths"] = () => Fn.JitAll(x => Fn.Scan((c, v) => (c, v), [], [x[0], x[1]]).Results).EvalAll<double>(s_three, s_matrix),
        ["@ scan of a negative length"] = () => Fn.Jit(x => Fn.Scan((c, v) => (c, v), x[0], x, length: -3).Carry).Eval<double>(s_three),
        ["@ loop that gives too few values"] = () => Fn.JitAll(x => Fn.ForiLoop(0, 3, (_, v) => [v[0]], [x[0], x[0]])).EvalAll<double>(s_three),
        ["@ loop of too many iterations"] = () => Fn.Jit(x => Fn.ForiLoop(long.MinValue, 1, (_, v) => v, x)).Eval<double>(s_three),
        ["@ map over different sizes"] = () => Fn.JitAll(x => Fn.Map(v => [v[0]], [x[0], x[1]])).EvalAll<double>(s_three, s_matrix),
        ["@ map over nothing"] = () => Fn.JitAll(_ => Fn.Map(v => v, [])).EvalAll<double>(s_three),
        ["@ map in batches of less than none"] = () => Fn.Jit(x => Fn.Map(v => v, x, batchSize: -2)).Eval<double>(s_three),
        ["@ associative function that changes shape"] = () => Fn.Jit(x => Fn.AssociativeScan((a, b) => Fn.Concat([a, b], 0), x)).Eval<double>(s_three),
        ["@ equation that does not fit"] = () => Fn.Jit(x => Fn.Einsum("ij->ji", x)).Eval<double>(s_three),
        ["@ equation that is none"] = () => Fn.Jit(x => Fn.Einsum("i->->", x)).Eval<double>(s_three),
        ["@ matrices that do not fit"] = () => Fn.Jit(x => x.MatMul(x)).Eval<double>(s_matrix),
        ["@ equation without its operand"] = () => Fn.Jit(x => Fn.Einsum("i,j->ij", x)).Eval<double>(s_three),
        ["@ equation of two element types"] = () => Fn.Jit(x => Fn.Einsum("i,i->", x, Fn.Arange(3))).Eval<double>(s_three),
#line default
    };
}
