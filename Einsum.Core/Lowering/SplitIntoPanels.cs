namespace EinsumNet;

/// <summary>
/// Splits one operand's free loop of a product into panels of some columns, each of which lies dense with its whole depth behind each other: copied so
/// once, the operand is read in place by any number of products.
/// <code>contraction a b -> out, left 10 (700 0 64), right 64 (0 1 1), contracted 700 (1 64 0)   --->   a: b 700 x 64 as 2 panels of 32:
/// ... left 10 (700 0 64), right 2 (0 22400 32), right 32 (0 1 1), contracted 700 (1 32 0)</code>
/// </summary>
static class SplitIntoPanels
{
    /// <summary>Shallower products read an operand in place, however it lies.</summary>
    const long LeastDepth = 128;

    /// <summary>A product of more rows earns the packing of its own; and what is kept for a list is to be small beside its results.</summary>
    const long MostRows = 448, MostBytes = 32 << 20;

    /// <summary>Neighbours with rows at most this far apart are read in place as they lie.</summary>
    const long InPlaceBytes = 2048;

    /// <summary>The copy of operand <paramref name="shared"/> into panels, and the product that reads them; null where that would not pay.</summary>
    internal static PanelPrograms? Run(KernelProgram program, int shared, int width)
    {
        if (width == 0 || program.OperandCount != 2 || program.Steps is not [{ Operands: [0, 1] } step] || step.Plan is not { Kind: KernelKind.Contraction, IsPlain: true } plan) return null;
        var (own, others) = shared == 0 ? (LoopRole.Left, LoopRole.Right) : (LoopRole.Right, LoopRole.Left);
        if (plan.LoopsOf(own) is not [var columns] || plan.LoopsOf(LoopRole.Contracted) is not [var depth] || plan.LoopsOf(LoopRole.Batch).Length > 0) return null;
        var bytes = columns.Extent * depth.Extent * plan.Element.Size();
        if (plan.Extent(others) > MostRows || depth.Extent <= LeastDepth || columns.Extent <= width || columns.Extent % width != 0 || bytes > MostBytes) return null;
        if (columns.Strides[shared] == 1 && depth.Strides[shared] * plan.Element.Size() <= InPlaceBytes) return null;

        var (panels, panel) = (columns.Extent / width, depth.Extent * width);
        var product = new List<Loop>();
        foreach (var loop in plan.Loops)
        {
            if (ReferenceEquals(loop, depth)) product.Add(loop with { Strides = loop.Strides.SetItem(shared, width) });
            else if (!ReferenceEquals(loop, columns)) product.Add(loop);
        }
        product.Add(new Loop(panels, own, columns.Strides.SetItem(shared, panel).SetItem(2, width * columns.ResultStride)));
        product.Add(new Loop(width, own, columns.Strides.SetItem(shared, 1)));
        var (stride, step1) = (columns.Strides[shared], depth.Strides[shared]);
        var copy = new List<Loop>
        {
            new(panels, LoopRole.Free, [width * stride, panel]), new(depth.Extent, LoopRole.Free, [step1, width]), new(width, LoopRole.Free, [stride, 1]),
        };
        return new PanelPrograms(
            Single(new KernelPlan(KernelKind.Transpose, [plan.Operands[shared]], plan.Result, MergeLoops.Run(copy))),
            Single(plan with { Loops = MergeLoops.Run(product) }), bytes);
    }

    static KernelProgram Single(KernelPlan plan)
    {
        KernelPlanVerifier.Check(plan);
        var operands = plan.Operands.Length;
        return KernelProgram.Create(operands, [new KernelStep(plan, [.. Enumerable.Range(0, operands)], operands, Source: -1)], []);
    }
}

/// <summary>What <see cref="SplitIntoPanels"/> makes of a product, and how many bytes the panels take.</summary>
sealed record PanelPrograms(KernelProgram Copy, KernelProgram Product, long Bytes);
