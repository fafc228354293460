namespace EinsumNet.Functions;

/// <summary>A kernel in a few words: <c>reduction 5 (3) of add multiply</c>, the inner loops in brackets.</summary>
static class KernelText
{
    internal static string Of(Kernel kernel)
    {
        var functions = kernel.Nodes.OfType<ApplyExpr>().Select(apply => apply.Function).Concat(kernel.States.Select(state => state.Combine).OfType<ElementFunction>());
        var names = string.Join(' ', functions.Distinct().Order().Select(function => function.Text()));
        var kind = kernel.Condition is not null ? "while" : kernel.IsReduction ? "reduction" : kernel.Inner.IsEmpty ? "loop" : "scan";
        var loops = $"{string.Join(" x ", kernel.Free)}{(kernel.Inner.IsEmpty || kernel.Condition is not null ? "" : $" ({string.Join(" x ", kernel.Inner)})")}".Trim();
        return $"{kind}{(loops.Length > 0 ? $" {loops}" : "")} of {(names.Length > 0 ? names : "copies")}";
    }
}
