namespace EinsumNet.Backends.Gpu;

/// <summary>Prints expressions as C; every operation stands in brackets of its own, so precedence plays no part.</summary>
static class ExprPrinter
{
    internal static string Print(IrExpr expr) => expr switch
    {
        WholeExpr { Type: IrType.ULong or IrType.UInt } whole => $"0x{unchecked((ulong)whole.Value):x}u",
        WholeExpr { Value: long.MinValue } => "(-9223372036854775807 - 1)",
        WholeExpr whole => whole.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RealExpr real => CNames.Number(real),
        ComplexExpr complex => $"make_c128({Print(complex.Real)}, {Print(complex.Imaginary)})",
        VariableExpr variable => variable.Name,
        BuiltinExpr builtin => builtin.Builtin switch { IrBuiltin.Thread => "THREAD", IrBuiltin.Group => "GROUP", _ => "GROUPS" },
        BinaryExpr binary => Binary(binary),
        FmaExpr fma => Fma(fma),
        SelectExpr select => $"({Print(select.Condition)} ? {Print(select.Then)} : {Print(select.Else)})",
        LoadExpr load => Load(load),
        CastExpr cast => Cast(cast),
        SaturateExpr saturate => $"{Saturation.Name(saturate.To, saturate.From)}({Print(saturate.Operand)})",
        LoadWordExpr word => $"*(const u32 *)({word.Array.Name} + {Print(word.Place)})",
        IsAlignedExpr aligned => $"(((u64)({aligned.Array.Name} + {Print(aligned.Place)}) & {aligned.Bytes - 1}) == 0)",
        CallExpr call => $"{call.Function}({string.Join(", ", call.Arguments.Select(Print))})",
        _ => throw new InvalidOperationException($"No text for {expr.GetType().Name}."),
    };

    /// <summary>The expression without brackets around it.</summary>
    internal static string Bare(IrExpr expr)
    {
        var text = Print(expr);
        if (expr is BinaryExpr { Type: not IrType.Complex } or SelectExpr && text[0] == '(' && text[^1] == ')') return text[1..^1];
        return text;
    }

    static string Load(LoadExpr load)
    {
        var place = Bare(load.Place);
        return load.Array.Element switch
        {
            ElementType.Half when load.Array.Space == IrSpace.Global => $"load_f16({load.Array.Name}, {place})",
            ElementType.Bool when load.Array.Space == IrSpace.Global => $"({load.Array.Name}[{place}] != 0)",
            _ => $"{load.Array.Name}[{place}]",
        };
    }

    static string Cast(CastExpr cast) => (cast.Operand.Type, cast.Type) switch
    {
        (IrType.Complex, _) => $"({CNames.Of(cast.Type)}){Print(cast.Operand)}.x",
        (_, IrType.Complex) => $"make_c128((f64){Print(cast.Operand)}, 0.0)",
        _ => $"({CNames.Of(cast.Type)}){Print(cast.Operand)}",
    };

    static string Fma(FmaExpr fma)
    {
        var (left, right, sum) = (Print(fma.Left), Print(fma.Right), Print(fma.Sum));
        return fma.Type switch
        {
            IrType.Truth => $"({left} & {right} | {sum})",
            IrType.Float or IrType.Double or IrType.Complex => $"fma_{CNames.Of(fma.Type)}({left}, {right}, {sum})",
            _ => $"({left} * {right} + {sum})",
        };
    }

    static string Binary(BinaryExpr binary)
    {
        var (left, right) = (Print(binary.Left), Print(binary.Right));
        return (binary.Left.Type, binary.Op) switch
        {
            (_, IrOp.Min) => $"({left} < {right} ? {left} : {right})",
            (_, IrOp.Max) => $"({left} > {right} ? {left} : {right})",
            (IrType.Complex, IrOp.Add) => $"add_c128({left}, {right})",
            (IrType.Complex, IrOp.Multiply) => $"mul_c128({left}, {right})",
            (IrType.Truth, IrOp.Add) => $"({left} | {right})",
            (IrType.Truth, IrOp.Multiply) => $"({left} & {right})",
            (IrType.Flag, IrOp.And) => $"({left} && {right})",
            (IrType.Flag, IrOp.Or) => $"({left} || {right})",
            (_, var op) => $"({left} {Symbol(op)} {right})",
        };
    }

    static string Symbol(IrOp op) => op switch
    {
        IrOp.Add => "+",
        IrOp.Subtract => "-",
        IrOp.Multiply => "*",
        IrOp.Divide => "/",
        IrOp.Remainder => "%",
        IrOp.And => "&",
        IrOp.Or => "|",
        IrOp.Xor => "^",
        IrOp.ShiftLeft => "<<",
        IrOp.ShiftRight => ">>",
        IrOp.Less => "<",
        IrOp.LessOrEqual => "<=",
        IrOp.Equal => "==",
        _ => "!=",
    };
}
