using EinsumNet.Functions;

namespace EinsumNet;

/// <summary>What one run of a step does, for an estimate of its time.</summary>
/// <param name="Operations">Operations on elements, as many of floats, but for those on doubles.</param>
/// <param name="Wide">Operations on doubles, of which a product of complex numbers is four.</param>
/// <param name="Serial">How many of them wait for each other.</param>
/// <param name="Bytes">Bytes that it reads and writes.</param>
/// <param name="HasDouble">Whether it needs 64-bit floating point.</param>
readonly record struct StepWork(double Operations, double Wide, double Serial, double Bytes, bool HasDouble)
{
    /// <summary>How much slower 64-bit integers are.</summary>
    const double LongFactor = 2;

    internal static StepWork Of(KernelStep step)
    {
        var plan = step.Plan;
        var bytes = plan.Operands.Select((operand, i) => BytesOf(plan, operand, i)).Sum() + BytesOf(plan, plan.Result, plan.Operands.Length);
        var (operations, wide) = Arithmetic(plan.Iterations, [plan.Element]);
        return new(operations, wide, 0, bytes, plan.Operands.Append(plan.Result).Any(operand => NeedsDouble(operand.Element)));
    }

    /// <summary>What an operand, or the result, of a plan takes.</summary>
    internal static double BytesOf(KernelPlan plan, KernelOperand operand, int index) =>
        plan.Loops.Where(loop => loop.Strides[index] != 0).Aggregate((double)operand.Element.Size(), (product, loop) => product * loop.Extent);

    internal static StepWork Of(Kernel kernel)
    {
        var elements = kernel.Nodes.Select(expr => expr.Element).ToHashSet();
        var (operations, wide) = Arithmetic(kernel.Work, elements);
        var points = kernel.Free.Aggregate(1.0, (product, size) => product * size);
        return new(operations, wide, kernel.IsReduction || kernel.Inner.IsEmpty ? 0 : kernel.Work / Math.Max(1, points), kernel.Bytes, elements.Any(NeedsDouble));
    }

    /// <summary>So many operations, all of which are taken to be on the widest of the types.</summary>
    static (double Operations, double Wide) Arithmetic(double operations, HashSet<ElementType> elements) =>
        elements.Contains(ElementType.Complex) ? (0, 4 * operations)
        : elements.Contains(ElementType.Double) ? (0, operations)
        : (elements.Contains(ElementType.Long) || elements.Contains(ElementType.ULong) ? operations * LongFactor : operations, 0);

    internal static bool NeedsDouble(ElementType element) => element is ElementType.Double or ElementType.Complex;
}
