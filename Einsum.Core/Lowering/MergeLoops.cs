using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Sorts loops into their canonical order and joins two of one role into one where every stride of the outer is the inner's times its extent.
/// <code>left 10 (20 0 20), left 20 (1 0 1)   --->   left 200 (1 0 1)</code>
/// </summary>
static class MergeLoops
{
    internal static ImmutableArray<Loop> Run(List<Loop> loops)
    {
        while (MergeOne(loops)) { }
        loops.Sort(Compare);
        return [.. loops];
    }

    static bool MergeOne(List<Loop> loops)
    {
        for (var outer = 0; outer < loops.Count; outer++)
        {
            for (var inner = 0; inner < loops.Count; inner++)
            {
                if (outer == inner || loops[outer].Role != loops[inner].Role || !Nest(loops[outer], loops[inner])) continue;
                loops[inner] = loops[inner] with { Extent = loops[outer].Extent * loops[inner].Extent };
                loops.RemoveAt(outer);
                return true;
            }
        }
        return false;
    }

    static bool Nest(Loop outer, Loop inner)
    {
        for (var i = 0; i < outer.Strides.Length; i++)
            if (outer.Strides[i] != inner.Strides[i] * inner.Extent) return false;
        return true;
    }

    /// <summary>By role; then the largest stride of the result first, and of the operands where the result has none or the same.</summary>
    static int Compare(Loop left, Loop right)
    {
        var order = left.Role.CompareTo(right.Role);
        if (order == 0) order = right.ResultStride.CompareTo(left.ResultStride);
        for (var i = 0; order == 0 && i < left.Strides.Length; i++) order = right.Strides[i].CompareTo(left.Strides[i]);
        return order != 0 ? order : right.Extent.CompareTo(left.Extent);
    }
}
