namespace EinsumNet.Backends.Cpu;

/// <summary>How long a row is of which a vector holds several; empty structs, so that kernels are compiled once for each.</summary>
interface IRowBytes
{
    static abstract int Count { get; }
}

readonly struct SixteenBytes : IRowBytes
{
    public static int Count => 16;
}

readonly struct ThirtyTwoBytes : IRowBytes
{
    public static int Count => 32;
}
