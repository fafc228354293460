using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Running sums, products and extremes of few lines by the kernels of prefix scans, whose threads share a line:
/// <c>for i: s = 0; for k: s = s + a[i, k]; b[i, k] = s</c>.
/// </summary>
static class PrefixKernel
{
    /// <summary>Shorter lines are done before threads have shared them.</summary>
    const int ShortLine = 512;

    /// <summary>The launches; null where the kernel is something else, or its lines are many or short.</summary>
    internal static ImmutableArray<FunctionKernel>? TryEmit(Kernel kernel, EmitTarget target)
    {
        var isFew = NestCode.Count(kernel.Free) < (double)Math.Max(1, target.Limits.ComputeUnits) * GridLoop.Threads;
        if (!isFew || kernel.Inner is not [>= ShortLine] || Find(kernel) is not { } found) return null;
        var (plan, source, store) = found;
        return [.. ScanEmitter.Emit(plan, target.Limits, target.Dialect, target.Options).Select(emitted => new FunctionKernel(
            emitted, [(source.Buffer, plan.Element.Size()), (store.Buffer, plan.Element.Size())]))];
    }

    static (ScanPlan Plan, Functions.LoadExpr Source, Functions.KernelStore Target)? Find(Kernel kernel)
    {
        if (kernel is not { Condition: null, States: [{ Combine: null } state], InnerStores: [var store], FinalStores: [] } || state.Initial is not NumberExpr start) return null;
        if (state.Next is not ApplyExpr { Operands: [var first, var second] } apply || Operation(apply.Function) is not { } operation || state.Element.Size() < sizeof(int)) return null;
        if ((first is StateExpr ? second : second is StateExpr ? first : null) is not Functions.LoadExpr load || !IsNeutral(operation, state.Element, start)) return null;
        var isExclusive = store.Value is StateExpr;
        if (!isExclusive && !IsSame(store.Value, apply)) return null;
        var loops = Enumerable.Range(0, kernel.Loops).Select(loop => new Loop(kernel.Extent(loop), LoopRole.Free, [load.Place.Factors[loop], store.Place.Factors[loop]])).ToList();
        return (new ScanPlan(state.Element, operation, isExclusive, [.. loops.SkipLast(1)], loops[^1]) { Starts = (load.Place.Offset, store.Place.Offset) }, load, store);
    }

    static ScanOperation? Operation(ElementFunction function) => function switch
    {
        ElementFunction.Add => ScanOperation.Add,
        ElementFunction.Multiply => ScanOperation.Multiply,
        ElementFunction.Min => ScanOperation.Min,
        ElementFunction.Max => ScanOperation.Max,
        _ => null,
    };

    /// <summary>Whether the scan may start from nothing instead.</summary>
    static bool IsNeutral(ScanOperation operation, ElementType element, NumberExpr start) =>
        ElementCode.Number(element, start.Value) switch
        {
            RealExpr real => ScanArithmetic.Neutral(operation, element, real.Type) is RealExpr neutral && neutral.Value == real.Value,
            WholeExpr whole => ScanArithmetic.Neutral(operation, element, whole.Type) is WholeExpr neutral && neutral.Value == whole.Value,
            _ => false,
        };

    /// <summary>Whether both are the same function of the same state and the same element.</summary>
    static bool IsSame(KernelExpr left, KernelExpr right) => ReferenceEquals(left, right) || (left, right) switch
    {
        (StateExpr one, StateExpr other) => one.Index == other.Index,
        (Functions.LoadExpr one, Functions.LoadExpr other) => one.Buffer == other.Buffer && one.Place.Equals(other.Place),
        (ApplyExpr one, ApplyExpr other) => one.Function == other.Function && one.Operands.Length == other.Operands.Length && one.Operands.Zip(other.Operands).All(pair => IsSame(pair.First, pair.Second)),
        _ => false,
    };
}
