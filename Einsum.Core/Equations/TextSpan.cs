namespace EinsumNet;

/// <summary>A stretch of an equation's text: <paramref name="Length"/> UTF-16 units from <paramref name="Start"/>.</summary>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The first position after the stretch.</summary>
    public int End => Start + Length;
}
