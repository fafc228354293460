namespace EinsumNet.Backends.Cpu;

/// <summary>How many vectors a row has; empty structs, so that a kernel is compiled once for each.</summary>
interface IRowLength
{
    /// <summary>1 to 4, or 0 where only the kernel knows.</summary>
    static abstract int Vectors { get; }
}

readonly struct RowOf1 : IRowLength
{
    public static int Vectors => 1;
}

readonly struct RowOf2 : IRowLength
{
    public static int Vectors => 2;
}

readonly struct RowOf3 : IRowLength
{
    public static int Vectors => 3;
}

readonly struct RowOf4 : IRowLength
{
    public static int Vectors => 4;
}

readonly struct RowOfMany : IRowLength
{
    public static int Vectors => 0;
}
