namespace EinsumNet.Backends.Gpu;

/// <summary>Arithmetic on expressions that computes what is known: <c>x * 1</c> is <c>x</c>, <c>2 * 3</c> is <c>6</c>.</summary>
static class IrFold
{
    internal static IrExpr Add(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Index } x, WholeExpr y) => x.Value + y.Value,
        (WholeExpr { Type: IrType.Index, Value: 0 }, _) => right,
        (_, WholeExpr { Type: IrType.Index, Value: 0 }) => left,
        _ => new BinaryExpr(left.Type, IrOp.Add, left, right),
    };

    internal static IrExpr Subtract(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Index } x, WholeExpr y) => x.Value - y.Value,
        (_, WholeExpr { Type: IrType.Index, Value: 0 }) => left,
        _ => new BinaryExpr(left.Type, IrOp.Subtract, left, right),
    };

    internal static IrExpr Multiply(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Index } x, WholeExpr y) => x.Value * y.Value,
        (WholeExpr { Type: IrType.Index, Value: 0 }, _) or (_, WholeExpr { Type: IrType.Index, Value: 0 }) => 0,
        (WholeExpr { Type: IrType.Index, Value: 1 }, _) => right,
        (_, WholeExpr { Type: IrType.Index, Value: 1 }) => left,
        _ => new BinaryExpr(left.Type, IrOp.Multiply, left, right),
    };

    internal static IrExpr Divide(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Index } x, WholeExpr { Value: > 0 } y) => x.Value / y.Value,
        (_, WholeExpr { Type: IrType.Index, Value: 1 }) => left,
        _ => new BinaryExpr(left.Type, IrOp.Divide, left, right),
    };

    internal static IrExpr Remainder(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Index } x, WholeExpr { Value: > 0 } y) => x.Value % y.Value,
        (_, WholeExpr { Type: IrType.Index, Value: 1 }) => 0,
        _ => new BinaryExpr(left.Type, IrOp.Remainder, left, right),
    };

    internal static IrExpr Both(IrExpr left, IrExpr right) => (left, right) switch
    {
        (WholeExpr { Type: IrType.Flag, Value: 1 }, _) => right,
        (_, WholeExpr { Type: IrType.Flag, Value: 1 }) => left,
        _ => new BinaryExpr(left.Type, IrOp.And, left, right),
    };
}
