namespace EinsumNet.Functions;

/// <summary>Negative axes counted from the end, and EIN0503 for those that are none.</summary>
static class AxisNumbers
{
    internal static int Normalise(string operation, int axis, int rank)
    {
        if (axis < -rank || axis >= rank) throw FunctionErrors.AxisRange(operation, axis, rank);
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>The axes, sorted; all where there are none.</summary>
    internal static AxisList Normalise(string operation, ReadOnlySpan<int> axes, int rank)
    {
        if (axes.Length == 0) return [.. Enumerable.Range(0, rank)];
        var list = new int[axes.Length];
        for (var i = 0; i < list.Length; i++) list[i] = Normalise(operation, axes[i], rank);
        Array.Sort(list);
        if (list.Distinct().Count() != list.Length) throw FunctionErrors.Axes(operation, $"[{string.Join(", ", axes.ToArray())}]", "name an axis twice");
        return [.. list];
    }
}
