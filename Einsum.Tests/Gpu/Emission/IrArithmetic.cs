using System.Numerics;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>What the operations of kernels mean.</summary>
static class IrArithmetic
{
    internal static IrValue Binary(IrType type, IrOp op, IrValue x, IrValue y) => type switch
    {
        IrType.Float => Real(op, (float)x.Real, (float)y.Real, value => (float)value),
        IrType.Double => Real(op, x.Real, y.Real, value => value),
        IrType.Complex => Of(op == IrOp.Add ? x.Complex + y.Complex : op == IrOp.Multiply ? x.Complex * y.Complex : throw Unknown(op)),
        IrType.Truth => new(op is IrOp.Add or IrOp.Or ? x.Whole | y.Whole : op is IrOp.Multiply or IrOp.And ? x.Whole & y.Whole : throw Unknown(op)),
        IrType.Flag => IrValue.Of(op switch { IrOp.And => x.IsTrue && y.IsTrue, IrOp.Or => x.IsTrue || y.IsTrue, _ => throw Unknown(op) }),
        IrType.UInt or IrType.ULong => Wrap(type, Unsigned(op, (ulong)x.Whole, (ulong)y.Whole)),
        _ => Wrap(type, Signed(op, x.Whole, y.Whole)),
    };

    internal static IrValue Fma(IrType type, IrValue x, IrValue y, IrValue sum) => type switch
    {
        IrType.Float => IrValue.Of(float.FusedMultiplyAdd((float)x.Real, (float)y.Real, (float)sum.Real)),
        IrType.Double => IrValue.Of(double.FusedMultiplyAdd(x.Real, y.Real, sum.Real)),
        _ => Binary(type, IrOp.Add, Binary(type, IrOp.Multiply, x, y), sum),
    };

    internal static bool Compare(IrType type, IrOp op, IrValue x, IrValue y)
    {
        var sign = type switch
        {
            IrType.Float or IrType.Double => x.Real < y.Real ? -1 : x.Real > y.Real ? 1 : x.Real == y.Real ? 0 : 2,
            IrType.ULong => ((ulong)x.Whole).CompareTo((ulong)y.Whole),
            _ => x.Whole.CompareTo(y.Whole),
        };
        return op switch { IrOp.Less => sign == -1, IrOp.LessOrEqual => sign is -1 or 0, IrOp.Equal => sign == 0, _ => sign != 0 };
    }

    /// <summary>A cast of C.</summary>
    internal static IrValue Cast(IrType from, IrType to, IrValue value) => (from, to) switch
    {
        (IrType.Float or IrType.Double or IrType.Complex, IrType.Float) => IrValue.Of((float)value.Real),
        (IrType.Float or IrType.Double or IrType.Complex, IrType.Double) => IrValue.Of(value.Real),
        (IrType.Float or IrType.Double, IrType.Complex) => IrValue.Of(value.Real),
        (IrType.ULong, IrType.Float) => IrValue.Of((float)(ulong)value.Whole),
        (IrType.ULong, IrType.Double or IrType.Complex) => IrValue.Of((ulong)value.Whole),
        (_, IrType.Float) => IrValue.Of((float)value.Whole),
        (_, IrType.Double or IrType.Complex) => IrValue.Of(value.Whole),
        (IrType.Float or IrType.Double, _) => Wrap(to, to == IrType.ULong ? (long)(ulong)value.Real : (long)value.Real),
        _ => Wrap(to, value.Whole),
    };

    internal static IrValue Wrap(IrType type, long value) => new(type switch { IrType.Int => (int)value, IrType.UInt => (uint)value, IrType.Truth => value != 0 ? 1 : 0, _ => value });

    static IrValue Of(Complex value) => IrValue.Of(value.Real, value.Imaginary);

    static IrValue Real(IrOp op, double x, double y, Func<double, double> round) => IrValue.Of(round(op switch
    {
        IrOp.Add => x + y,
        IrOp.Subtract => x - y,
        IrOp.Multiply => x * y,
        IrOp.Divide => x / y,
        IrOp.Min => x < y ? x : y,
        IrOp.Max => x > y ? x : y,
        _ => throw Unknown(op),
    }));

    static long Signed(IrOp op, long x, long y) => unchecked(op switch
    {
        IrOp.Add => x + y,
        IrOp.Subtract => x - y,
        IrOp.Multiply => x * y,
        IrOp.Divide => x / y,
        IrOp.Remainder => x % y,
        IrOp.Min => Math.Min(x, y),
        IrOp.Max => Math.Max(x, y),
        IrOp.And => x & y,
        IrOp.Or => x | y,
        IrOp.Xor => x ^ y,
        IrOp.ShiftLeft => x << (int)y,
        IrOp.ShiftRight => x >> (int)y,
        _ => throw Unknown(op),
    });

    static long Unsigned(IrOp op, ulong x, ulong y) => unchecked((long)(op switch
    {
        IrOp.Divide => x / y,
        IrOp.Remainder => x % y,
        IrOp.Min => Math.Min(x, y),
        IrOp.Max => Math.Max(x, y),
        IrOp.ShiftRight => x >> (int)y,
        _ => (ulong)Signed(op, (long)x, (long)y),
    }));

    static InvalidOperationException Unknown(IrOp op) => new($"No meaning for {op}.");
}
