using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Every operation, as a function of one or two tensors of shape [3, 4] (the second may be read whole).</summary>
static class Operations
{
    internal static readonly (string Name, Func<TensorExpr, TensorExpr, TensorExpr> Of)[] All =
    [
        ("add", (x, y) => x + y), ("subtract", (x, y) => x - y), ("multiply", (x, y) => x * y), ("divide", (x, y) => x / (y + 3)),
        ("remainder", (x, y) => x % (y + 3)), ("negate", (x, _) => -x), ("less", (x, y) => (x < y).Convert<double>()),
        ("less or equal", (x, y) => (x <= y).Convert<double>()), ("greater", (x, y) => Fn.Where(x > y, x, 0)),
        ("greater or equal", (x, y) => Fn.Where(x >= y, x, 1.5)), ("equal", (x, y) => Fn.Where(x.EqualTo(y), x, y)),
        ("not equal", (x, y) => Fn.Where(x.NotEqualTo(y), x, y)), ("logic", (x, y) => Fn.Where((x < 0.5) & !(y < 0.5) | (x < 0.1), x, y)),
        ("abs", (x, _) => x.Abs()), ("exp", (x, _) => x.Exp()), ("log", (x, _) => (x + 1).Log()), ("log1p", (x, _) => x.Log1p()),
        ("expm1", (x, _) => x.Expm1()), ("sqrt", (x, _) => (x + 1).Sqrt()), ("rsqrt", (x, _) => (x + 1).Rsqrt()),
        ("pow", (x, y) => (x + 1).Pow(y)), ("sin", (x, _) => x.Sin()), ("cos", (x, _) => x.Cos()), ("tanh", (x, _) => x.Tanh()),
        ("erf", (x, _) => x.Erf()), ("sigmoid", (x, _) => x.Sigmoid()), ("min", Fn.Min), ("max", Fn.Max), ("clamp", (x, y) => x.Clamp(0, y)),
        ("sum all", (x, _) => x.Sum()), ("sum 0", (x, _) => x.Sum(0)), ("sum 1", (x, _) => x.Sum(-1)), ("mean", (x, _) => x.Mean(0)), ("prod", (x, _) => x.Prod(1)),
        ("min 0", (x, _) => x.Min(0)), ("max 1", (x, _) => x.Max(1)), ("any", (x, y) => (x < y).Any(0).Convert<double>()), ("all", (x, y) => (x < y).All(1).Convert<double>()),
        ("argmin", (x, _) => x.ArgMin(0)), ("argmax", (x, _) => x.ArgMax(-1)), ("cumsum 0", (x, _) => x.CumSum(0)), ("cumsum 1", (x, _) => x.CumSum(1)),
        ("reshape", (x, _) => (x + 1).Reshape([2, 6])), ("transpose", (x, y) => x.Transpose() + y.Reshape([4, 3])), ("broadcast", (x, _) => x.Sum(0).Broadcast([2, 4])),
        ("outer", (x, y) => x.ExpandDims(0) * y.ExpandDims(1)), ("slice", (x, _) => x.Slice(1, 1, 4, 2) * 2), ("index", (x, y) => x[1] + y[-1]), ("at", (x, y) => x.At(y[0][0].Convert<long>())),
        ("concat", (x, y) => Fn.Concat([x, y * 2], 1)), ("stack", (x, y) => Fn.Stack([x, y], 1)), ("arange", (x, _) => x * Fn.Arange(4).Convert<double>()),
        ("einsum", (x, y) => Fn.Einsum("ij,kj->ik", x, y)), ("ellipsis", (x, y) => Fn.Einsum("...j,...j", x, y)), ("dot", (x, y) => x.Dot(y.Transpose())), ("matmul", (x, y) => x.MatMul(y.Reshape([4, 3]))),
        ("scan", (x, y) => Fn.Scan((c, row) => (c * 0.5 + row, c - row), y[0], x).Results), ("scan carry", (x, y) => Fn.Scan((c, row) => (c * row + y[1], c), x[0], y, reverse: true).Carry),
        ("scan matmul", (x, y) => Fn.Scan((c, row) => (Fn.Einsum("ij,j->i", y.Reshape([4, 3]), x.MatMul(c)) * 0.1 + row, c.Sum()), y[0], x).Results),
        ("for", (x, y) => Fn.ForiLoop(0, 3, (i, c) => c + x.At(i) * i.Convert<double>(), y[0])),
        ("while", (x, y) => Fn.While(c => c.Sum() < 50, c => c * 2 + y[0].Abs() + 0.5, x[0].Abs())), ("map", (x, _) => Fn.Map(row => row.Sum() * row, x)),
        ("map in batches", (x, _) => Fn.Map(row => row * row.Max(), x, batchSize: 2)), ("associative scan", (x, _) => Fn.AssociativeScan((a, b) => a * b, x, 1)),
        ("associative scan reverse", (x, _) => Fn.AssociativeScan((a, b) => a + b, x, 0, reverse: true)), ("softmax", (x, _) => Softmax(x)),
        ("vmap", (x, y) => Fn.Vmap((a, b) => a * b.Sum(), [1, null], -1).Invoke(x, y)),
        ("for of two", (x, y) => Fn.ForiLoop(0, 3, (i, c) => [c[1], c[0] + c[1] * i.Convert<double>()], [x, y])[1]),
        ("map of two", (x, y) => Fn.Map(rows => [rows[0] * rows[1].Sum(), rows[0]], [x, y], batchSize: 2)[0]),
        ("associative scan of two", (x, y) => Fn.AssociativeScan((a, b) => [a[0] * b[0], b[0] * a[1] + b[1]], [x, y])[1]),
        ("variance", (x, _) => (x * x).Mean(1) - x.Mean(1) * x.Mean(1)),
    ];

    /// <summary>Every operation that names an axis, as a function of a tensor of shape [2, 3, 4] and the axis, in [-3, 3).</summary>
    internal static readonly (string Name, Func<TensorExpr, int, TensorExpr> Of)[] AlongAxes =
    [
        ("sum", (x, axis) => x.Sum(axis)), ("mean", (x, axis) => x.Mean(axis)), ("prod", (x, axis) => x.Prod(axis)), ("min", (x, axis) => x.Min(axis)), ("max", (x, axis) => x.Max(axis)),
        ("sum of two", (x, axis) => x.Sum(axis, axis == 2 ? 0 : axis + 1)), ("all", (x, axis) => (x < 1).All(axis)), ("any", (x, axis) => (x < 0).Any(axis)),
        ("argmin", (x, axis) => x.ArgMin(axis)), ("argmax", (x, axis) => x.ArgMax(axis)), ("cumsum", (x, axis) => x.CumSum(axis)),
        ("concat", (x, axis) => Fn.Concat([x, x * 2], axis)), ("stack", (x, axis) => Fn.Stack([x, x * 2], axis)), ("slice", (x, axis) => x.Slice(axis, 0, 2) + 1),
        ("slice by steps", (x, axis) => x.Slice(axis, 1, 2, 2) * 3), ("move axis", (x, axis) => x.MoveAxis(axis, 0) + 1), ("move axis back", (x, axis) => x.MoveAxis(-1, axis) + 1),
        ("expand", (x, axis) => x.ExpandDims(axis) * 2), ("transpose", (x, axis) => x.Transpose(axis, (axis + 4) % 3, (axis + 5) % 3) - 1),
        ("associative scan", (x, axis) => Fn.AssociativeScan((a, b) => a + b, x, axis)), ("scan along", (x, axis) => Fn.Scan((c, part) => (c * 0.5 + part.Sum(), c), Fn.Scalar(0.0), x.MoveAxis(axis, 0)).Results),
        ("vmap along", (x, axis) => Fn.Vmap(part => part / part.Abs().Sum(), axis, axis).Invoke(x)), ("einsum of a view", (x, axis) => Fn.Einsum("ijk,ijl->kl", x.MoveAxis(axis, 2), x.MoveAxis(axis, 2))),
    ];

    internal static IEnumerable<TestCaseData> Cases => All.Select(operation => new TestCaseData(operation.Of).SetArgDisplayNames(operation.Name));

    internal static TensorExpr Softmax(TensorExpr x)
    {
        var powers = (x - x.Max(-1).ExpandDims(-1)).Exp();
        return powers / powers.Sum(-1).ExpandDims(-1);
    }
}
