using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>Which loop of a kernel is vectorised, by how many elements, and how many bytes an element of a mask has; -1 and 1 where none can be.</summary>
readonly record struct VectorChoice(int Loop, int Lanes, int MaskBytes)
{
    /// <summary>Narrower vectors than this are not the machine's.</summary>
    internal const int LeastBytes = 16;

    internal static VectorChoice None => new(-1, 1, 1);

    internal static VectorChoice Of(Kernel kernel) => Of(kernel, SimdWidth.Bits);

    internal static VectorChoice Of(Kernel kernel, int bits)
    {
        var sizes = kernel.Nodes.Where(expr => !IsMask(expr)).Select(Bytes).DefaultIfEmpty(1).ToList();
        var (least, most) = (sizes.Min(), sizes.Max());
        if (!HasVectors(kernel, most)) return None;
        // Loops that are shorter than the machine's vectors take half ones, or quarters.
        for (var lanes = bits / 8 / most; lanes * least >= LeastBytes; lanes /= 2)
            if (LoopOf(kernel, lanes) is { } loop) return new VectorChoice(loop, lanes, most);
        return None;
    }

    static int? LoopOf(Kernel kernel, int lanes)
    {
        if (kernel.IsReduction)
        {
            // Innermost first: neighbours in memory are summed into vectors.
            for (var loop = kernel.Loops - 1; loop >= kernel.Free.Length; loop--)
                if (kernel.Extent(loop) >= lanes && kernel.InnerStores.All(store => store.Place.Factors[loop] == 1) && CanRead(kernel.BodyRoots, loop)) return loop;
        }
        var last = kernel.Free.Length - 1;
        return last >= 0 && kernel.Free[last] >= lanes && kernel.Stores.All(store => store.Place.Factors[last] == 1) && CanRead(kernel.Roots, last) ? last : null;
    }

    /// <summary>
    /// There are no vectors of Half and Complex. Those of the smaller and of the unsigned integers are for kernels of one type that convert
    /// nothing, and masks of two bytes are never in memory.
    /// </summary>
    static bool HasVectors(Kernel kernel, int bytes)
    {
        var all = kernel.Nodes.ToList();
        if (all.All(expr => expr.Element is ElementType.Float or ElementType.Double or ElementType.Int or ElementType.Long or ElementType.Bool)) return true;
        var elements = all.Select(expr => expr.Element).Where(element => element != ElementType.Bool).Distinct().ToList();
        if (elements.Count != 1 || elements[0] is ElementType.Half or ElementType.Complex || all.Any(expr => expr is CastExpr or CounterExpr or IndexedLoadExpr)) return false;
        return bytes != 2 || all.All(expr => expr.Element != ElementType.Bool || expr is ApplyExpr) && kernel.Stores.All(store => store.Value.Element != ElementType.Bool);
    }

    static bool IsMask(KernelExpr expr) => expr.Element == ElementType.Bool || IsCounter(expr);

    /// <summary>A counter is written as what it is converted to.</summary>
    static bool IsCounter(KernelExpr expr) => expr is CounterExpr;

    static int Bytes(KernelExpr expr) => expr.Element.Size();

    static bool CanRead(IEnumerable<KernelExpr> roots, int loop) => Kernel.Reach(roots).All(expr => expr switch
    {
        LoadExpr load => load.Place.Factors[loop] is 0 or 1,
        // One position for the whole vector; which of its elements is asked is then a load like any other.
        IndexedLoadExpr load => load.Place.Factors[loop] is 0 or 1 && IsUniform(load.Position, loop),
        ApplyExpr apply => VectorFunctions.Has(apply.Function, apply.Operands[^1].Element) && apply.Operands.All(operand => operand is not CounterExpr),
        CastExpr { Operand: CounterExpr } cast => cast.Element is ElementType.Int or ElementType.Long or ElementType.Double,
        CastExpr cast => VectorCasts.Has(cast.Operand.Element, cast.Element),
        _ => true,
    }) && roots.All(root => root is not CounterExpr);

    static bool IsUniform(KernelExpr position, int loop) => Kernel.Reach([position]).All(expr => expr switch
    {
        LoadExpr load => load.Place.Factors[loop] == 0,
        IndexedLoadExpr load => load.Place.Factors[loop] == 0,
        CounterExpr counter => counter.Value.Factors[loop] == 0,
        StateExpr => false,
        _ => true,
    });
}
