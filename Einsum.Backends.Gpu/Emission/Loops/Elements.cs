namespace EinsumNet.Backends.Gpu;

/// <summary>Elements on their way from operands to sums and from sums to the result.</summary>
static class Elements
{
    internal static IrExpr Zero(IrType type) => type switch
    {
        IrType.Float or IrType.Double or IrType.Complex => new RealExpr(type, 0),
        _ => new WholeExpr(type, 0),
    };

    /// <summary>An operand's element as a value of the arithmetic on <paramref name="arithmetic"/>.</summary>
    internal static IrExpr Read(IrArray array, IrExpr place, KernelOperand operand, ElementType arithmetic)
    {
        IrExpr value = array[place];
        if (operand.Map == Elementwise.Conjugate && value.Type == IrType.Complex) value = Conjugate(value);
        if (array.Element != arithmetic && (Saturation.IsWhole(array.Element) || Saturation.IsWhole(arithmetic) || value.Type != arithmetic.Value()))
            value = new SaturateExpr(array.Element, arithmetic, value);
        return value.As(arithmetic.Arithmetic());
    }

    /// <summary>Stores a value of the arithmetic as the result's element.</summary>
    internal static void Write(IrBuilder to, IrArray array, IrExpr place, IrExpr value, KernelOperand result) =>
        to.Store(array, place, result.Map == Elementwise.Conjugate && value.Type == IrType.Complex ? Conjugate(value) : value);

    /// <summary><c>sum + the product of the operands' elements</c></summary>
    internal static IrExpr MultiplyAdd(KernelPlan plan, KernelView view, IReadOnlyList<IrExpr> places, IrExpr sum)
    {
        var product = Product(plan, view, places, plan.Operands.Length - 1);
        var last = Read(view.Operands[^1], places[plan.Operands.Length - 1], plan.Operands[^1], plan.Element);
        return plan.Operands.Length == 1 ? sum + last : new FmaExpr(product, last, sum);
    }

    /// <summary>The product of the operands' elements, the first <paramref name="count"/>.</summary>
    internal static IrExpr Product(KernelPlan plan, KernelView view, IReadOnlyList<IrExpr> places, int count)
    {
        var product = Zero(plan.Element.Arithmetic());
        for (var i = 0; i < count; i++)
        {
            var factor = Read(view.Operands[i], places[i], plan.Operands[i], plan.Element);
            product = i == 0 ? factor : product * factor;
        }
        return product;
    }

    /// <summary>What a plan of one operand that sums nothing moves: its operand's elements, as the result's arithmetic has them, but a double on its way to Half is rounded once.</summary>
    internal static IrType Moved(KernelPlan plan) => IsDoubleToHalf(plan) ? IrType.Double : plan.Element.Arithmetic();

    internal static IrExpr ReadMoved(KernelPlan plan, KernelView view, IrExpr place) =>
        IsDoubleToHalf(plan) ? view.Operands[0][place] : Read(view.Operands[0], place, plan.Operands[0], plan.Element);

    static bool IsDoubleToHalf(KernelPlan plan) => plan.Operands is [{ Element: ElementType.Double }] && plan.Element == ElementType.Half;

    static CallExpr Conjugate(IrExpr value) => new(IrType.Complex, "conj_c128", [value]);
}
