namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A contraction that is a plain product of matrices in column-major order, batched: <c>C = op(First) op(Second)</c>, m by k and k by n, where First is the plan's operand
/// <paramref name="First"/> and Second the other one. A leading dimension is how many elements lie between columns. Factors of type float may be rounded to the precision; sums of
/// halves are in float, and may be the result as they are.
/// </summary>
sealed record LibraryProduct(
    ElementType Element, ElementType Result, int M, int N, int K, int Batches, int First,
    bool FirstIsTransposed, int FirstLeading, long FirstStride, bool SecondIsTransposed, int SecondLeading, long SecondStride, int ResultLeading, long ResultStride,
    MatrixPrecision Precision = MatrixPrecision.Full)
{
    /// <summary>Below so many rows, columns or terms a library's start costs more than it wins.</summary>
    const long Least = 16;

    /// <summary>The product that the plan is, or null where a loop too many, a stride or an element type makes it none.</summary>
    internal static LibraryProduct? Of(KernelPlan plan)
    {
        if (plan.Kind != KernelKind.Contraction) return null;
        var element = plan.Operands[0].Element;
        if ((element, plan.Element) is not ((ElementType.Float, ElementType.Float) or (ElementType.Double, ElementType.Double) or (ElementType.Half, ElementType.Half or ElementType.Float))) return null;
        if (plan.Operands.Any(operand => operand != new KernelOperand(element)) || plan.Result.Map != Elementwise.Identity) return null;
        if (Only(LoopRole.Left) is not { } left || Only(LoopRole.Right) is not { } right || Only(LoopRole.Contracted) is not { } depth) return null;
        var batch = plan.LoopsOf(LoopRole.Batch).ToArray();
        if (batch.Length > 1 || plan.Loops.Any(loop => loop.Extent is 0 or > int.MaxValue || loop.Strides.Any(stride => stride > int.MaxValue))) return null;
        if (Math.Min(left.Extent, Math.Min(right.Extent, depth.Extent)) < Least) return null;

        // What lies side by side in the result are the rows of a column-major matrix.
        var (rows, columns, first) = right.ResultStride == 1 ? (right, left, 1) : (left, right, 0);
        var second = 1 - first;
        if (rows.ResultStride != 1 || columns.ResultStride < rows.Extent) return null;
        if (Matrix(rows.Strides[first], depth.Strides[first], rows.Extent, depth.Extent) is not { } a) return null;
        if (Matrix(depth.Strides[second], columns.Strides[second], depth.Extent, columns.Extent) is not { } b) return null;
        long[] strides = batch.Length == 0 ? [0, 0, 0] : [.. batch[0].Strides];
        return new LibraryProduct(
            element, plan.Element, (int)rows.Extent, (int)columns.Extent, (int)depth.Extent, batch.Length == 0 ? 1 : (int)batch[0].Extent, first,
            a.IsTransposed, a.Leading, strides[first], b.IsTransposed, b.Leading, strides[second], (int)columns.ResultStride, strides[2]);

        Loop? Only(LoopRole role) => plan.LoopsOf(role).ToArray() is [var loop] ? loop : null;
    }

    /// <summary>How a matrix lies whose rows and columns have the given strides: as it is, or transposed.</summary>
    static (bool IsTransposed, int Leading)? Matrix(long rowStride, long columnStride, long rows, long columns) =>
        rowStride == 1 && columnStride >= rows ? (false, (int)columnStride) : columnStride == 1 && rowStride >= columns ? (true, (int)rowStride) : null;
}
