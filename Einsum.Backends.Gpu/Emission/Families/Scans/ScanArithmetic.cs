namespace EinsumNet.Backends.Gpu;

/// <summary>What scans combine with, and what that leaves unchanged.</summary>
static class ScanArithmetic
{
    internal static IrExpr Combine(ScanOperation operation, IrExpr left, IrExpr right) => operation switch
    {
        ScanOperation.Add => left + right,
        ScanOperation.Multiply => left * right,
        ScanOperation.Max => Extreme(right < left, left, right),
        _ => Extreme(left < right, left, right),
    };

    internal static IrExpr Neutral(ScanOperation operation, ElementType element, IrType type)
    {
        if (operation == ScanOperation.Add) return Elements.Zero(type);
        if (operation == ScanOperation.Multiply) return type is IrType.Float or IrType.Double or IrType.Complex ? new RealExpr(type, 1) : new WholeExpr(type, 1);
        var isMax = operation == ScanOperation.Max;
        if (type is IrType.Float or IrType.Double) return new RealExpr(type, isMax ? double.NegativeInfinity : double.PositiveInfinity);
        var (least, most) = Saturation.Range(element);
        return new WholeExpr(type, unchecked((long)(ulong)(Int128)(isMax ? least : most)));
    }

    /// <summary>A NaN on either side is kept: no comparison with it holds.</summary>
    static SelectExpr Extreme(IrExpr isLeft, IrExpr left, IrExpr right) => left.Type is IrType.Float or IrType.Double
        ? new(new BinaryExpr(IrType.Flag, IrOp.Or, isLeft, new BinaryExpr(IrType.Flag, IrOp.NotEqual, left, left)), left, right)
        : new(isLeft, left, right);
}
