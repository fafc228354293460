namespace EinsumNet.Backends.Gpu;

/// <summary>What a kernel needs of its prologue.</summary>
sealed class PrologueUses
{
    readonly SortedSet<string> _functions = [];
    readonly SortedSet<(ElementType To, ElementType From)> _saturations = [];

    internal PrologueUses(IrKernel kernel)
    {
        foreach (var array in kernel.Buffers.Concat(kernel.Locals)) Element(array.Element);
        foreach (var statement in IrWalk.Statements(kernel.Body)) Statement(statement);
        foreach (var expr in IrWalk.Expressions(kernel.Body)) Expression(expr);
    }

    /// <summary>Whether anything is of type double or Complex, which not every device has.</summary>
    internal bool Double { get; private set; }

    /// <summary>Whether anything is Complex.</summary>
    internal bool Complex { get; private set; }

    /// <summary>The functions of the prologue, those of complex numbers behind those of real ones, which they call.</summary>
    internal IEnumerable<string> Functions => _functions.OrderBy(name => name.EndsWith("_c128", StringComparison.Ordinal));

    internal IEnumerable<(ElementType To, ElementType From)> Saturations => _saturations;

    void Element(ElementType element)
    {
        Double |= element is ElementType.Double or ElementType.Complex;
        Complex |= element == ElementType.Complex;
    }

    void Statement(IrStatement statement)
    {
        switch (statement)
        {
            case StoreStatement { Array: { Element: ElementType.Half, Space: IrSpace.Global } } store: _functions.Add($"store_f16_{CNames.Of(store.Value.Type)}"); break;
            case LoadRunStatement run when run.IsOneRead: _functions.Add($"load_run_{CNames.Of(run.Source.Element)}"); break;
            case CopyAsyncStatement or CommitCopiesStatement: _functions.Add("copy_async"); break;
            case WgmmaStatement wgmma:
                _functions.Add("wgmma");
                _functions.Add(Name(wgmma));
                _functions.Add($"settle_{wgmma.Sums.Length}");
                break;
            case MmaStatement mma: _functions.Add($"mma_{mma.Kind.Name}"); break;
            case DeclareStatement declare: Element(declare.Array.Element); break;
            case LetStatement let: Element(let.Variable.Type.Storage()); break;
        }
    }

    /// <summary><c>wgmma_f16_n128_t01</c>: columns, and which of the matrices lie across the depth.</summary>
    internal static string Name(WgmmaStatement wgmma) => $"{wgmma.Kind.Name}_n{wgmma.Columns}_t{(wgmma.X.Leading > 0 ? 1 : 0)}{(wgmma.Y.Leading > 0 ? 1 : 0)}";

    void Expression(IrExpr expr)
    {
        if (expr.Type is IrType.Double or IrType.Complex) Element(expr.Type.Storage());
        switch (expr)
        {
            case LoadExpr { Array: { Element: ElementType.Half, Space: IrSpace.Global } }: _functions.Add("load_f16"); break;
            case FmaExpr { Type: IrType.Float or IrType.Double or IrType.Complex }: _functions.Add($"fma_{CNames.Of(expr.Type)}"); break;
            case BinaryExpr { Left.Type: IrType.Complex } binary: _functions.Add(binary.Op == IrOp.Add ? "add_c128" : "mul_c128"); break;
            case SaturateExpr saturate: _saturations.Add((Named(saturate.To), Named(saturate.From))); break;
            case RealExpr real when !double.IsFinite(real.Value): _functions.Add(real.Type == IrType.Float ? "bits_f32" : "bits_f64"); break;
            case CallExpr call:
                _functions.Add(call.Function);
                _functions.UnionWith(ComplexFunctionText.Needs(call.Function));
                break;
        }
    }

    /// <summary>The element type that functions are named by: nint is long on every device.</summary>
    static ElementType Named(ElementType element) => element == ElementType.NInt ? ElementType.Long : element;
}
