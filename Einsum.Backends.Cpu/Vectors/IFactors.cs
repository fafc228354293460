namespace EinsumNet.Backends.Cpu;

/// <summary>What a row of products has as factors.</summary>
interface IFactors
{
    /// <summary>Whether a second operand has a row, too.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>Whether there are operands that stay where they are along the row.</summary>
    static abstract bool HasScale { get; }
}

/// <summary><c>a[i] * s</c></summary>
readonly struct ScaledRow : IFactors
{
    public static bool HasSecond => false;

    public static bool HasScale => true;
}

/// <summary><c>a[i] * b[i]</c></summary>
readonly struct RowPair : IFactors
{
    public static bool HasSecond => true;

    public static bool HasScale => false;
}

/// <summary><c>a[i] * b[i] * s</c></summary>
readonly struct ScaledRowPair : IFactors
{
    public static bool HasSecond => true;

    public static bool HasScale => true;
}
