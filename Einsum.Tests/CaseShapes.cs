namespace EinsumNet.Tests;

/// <summary>Reads <c>[3, 4] [5]</c>.</summary>
static class CaseShapes
{
    internal static Shape[] Parse(string text) =>
        [.. text.Split(']', StringSplitOptions.TrimEntries)[..^1].Select(sizes => Shape.Create([.. sizes.TrimStart('[').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]))];
}
