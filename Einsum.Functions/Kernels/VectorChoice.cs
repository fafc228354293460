using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>Which loop of a kernel is vectorised, and by how many elements; -1 and 1 where none can be.</summary>
readonly record struct VectorChoice(int Loop, int Lanes)
{
    internal static VectorChoice None => new(-1, 1);

    internal static VectorChoice Of(Kernel kernel)
    {
        var element = kernel.FinalStores.Concat(kernel.InnerStores).Select(store => store.Value.Element).FirstOrDefault();
        if (element is not (ElementType.Float or ElementType.Double)) return None;
        var lanes = SimdWidth.Bits / 8 / element.Size();
        if (kernel.IsReduction)
        {
            // Innermost first: neighbours in memory are summed into vectors.
            for (var loop = kernel.Loops - 1; loop >= kernel.Free.Length; loop--)
                if (kernel.Extent(loop) >= lanes && kernel.States.All(state => state.Element == element && state.Combine <= ElementFunction.Max) && CanRead(kernel.BodyRoots, element, loop))
                    return new VectorChoice(loop, lanes);
        }
        var last = kernel.Free.Length - 1;
        return last >= 0 && kernel.Free[last] >= lanes && kernel.States.All(state => state.Element == element)
            && kernel.Stores.All(store => store.Value.Element == element && store.Place.Factors[last] == 1) && CanRead(kernel.Roots, element, last)
            ? new VectorChoice(last, lanes) : None;
    }

    static bool CanRead(IEnumerable<KernelExpr> roots, ElementType element, int loop) => Kernel.Reach(roots).All(expr => expr switch
    {
        LoadExpr load => load.Element == element && load.Place.Factors[loop] is 0 or 1,
        NumberExpr number => number.Element == element,
        StateExpr state => state.Element == element,
        ApplyExpr apply => VectorFunctions.Has(apply.Function) && (apply.Element == element || apply.Element == ElementType.Bool) && apply.Operands.All(operand => operand is not NumberExpr { Element: ElementType.Bool }),
        _ => false,
    });
}
