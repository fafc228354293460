namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>out[b, i] = sum over j of a[b, i, j] * x[b, i, j]</c> with neighbours along a short j; x may be the same for every i.
/// </summary>
/// <param name="A">The operand that moves with the rows.</param>
/// <param name="Inner">Another free loop that is run for each block of rows, or each block of which is run over all rows.</param>
/// <param name="CutsRows">Whether the loop that is cut into blocks is that of the rows.</param>
sealed record SumsShape(int A, Loop Terms, Loop Rows, Loop? Inner, bool CutsRows)
{
    /// <summary>Rows of a block that is walked through in the order of memory: as many streams as caches foresee well.</summary>
    const long BlockRows = 8;

    const int Group = 4;

    const long ShortBytes = 256, MostBytes = 1024;

    const long MostEntries = 256;

    internal Loop? Blocked => CutsRows ? Rows : Inner;

    internal long Block(int elementSize) => !CutsRows ? Math.Max(MostEntries / Rows.Extent, 1) : Inner is null ? MostEntries * 8 : BlockRows;

    internal IEnumerable<Loop> Rest(KernelPlan plan) => plan.Rest(without: Rows).Where(loop => !ReferenceEquals(loop, Inner));

    /// <summary>The plan's shape, or null where the sums are long, or not over neighbours.</summary>
    internal static SumsShape? Of(KernelPlan plan)
    {
        if (plan.Kind is not (KernelKind.MatrixVector or KernelKind.Dot) || plan.HasEmptyLoop) return null;
        if (plan.LoopsOf(LoopRole.Contracted) is not [{ Strides: [1, 1, 0] } terms]) return null;
        var free = plan.Rest(without: null).ToArray();
        // Rows of a matrix share the vector; without any, every row has its own.
        var rows = free.Where(loop => loop.Role != LoopRole.Batch).MaxBy(loop => loop.Extent);
        // Of matrices of few rows several entries are summed at once.
        var isFew = rows is null || rows.Extent < Group;
        if (isFew) rows = free.MaxBy(loop => loop.Extent);
        if (rows is null || rows.Extent < Group) return null;
        var a = rows.Strides[0] != 0 ? 0 : 1;
        var inner = free.Where(loop => !ReferenceEquals(loop, rows)).MinBy(loop => loop.Strides[a]);
        // Few iterations of a loop further out are nothing to share.
        if (isFew && inner?.Strides[a] >= rows.Strides[a]) inner = null;
        var cutsRows = inner is null || inner.Strides[a] < rows.Strides[a];
        // Long rows are as fast one by one, but for a batch loop inside of that of the rows.
        var most = cutsRows && inner is not null ? MostBytes : ShortBytes;
        // Then the order of memory is kept throughout by taking that loop's iterations as the rows.
        if (cutsRows && inner?.Extent >= Group) (rows, inner, cutsRows) = (inner, rows, false);
        return terms.Extent * plan.Element.Size() <= most ? new SumsShape(a, terms, rows, inner, cutsRows) : null;
    }
}
