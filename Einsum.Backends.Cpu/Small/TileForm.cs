namespace EinsumNet.Backends.Cpu;

/// <summary>How many rows a register tile has; empty structs, so that a tile is compiled once for each.</summary>
interface ITileRows
{
    static abstract int Count { get; }
}

readonly struct OneRow : ITileRows
{
    public static int Count => 1;
}

readonly struct TwoRows : ITileRows
{
    public static int Count => 2;
}

readonly struct ThreeRows : ITileRows
{
    public static int Count => 3;
}

readonly struct FourRows : ITileRows
{
    public static int Count => 4;
}

readonly struct FiveRows : ITileRows
{
    public static int Count => 5;
}

readonly struct SixRows : ITileRows
{
    public static int Count => 6;
}

readonly struct SevenRows : ITileRows
{
    public static int Count => 7;
}

readonly struct EightRows : ITileRows
{
    public static int Count => 8;
}

readonly struct TwelveRows : ITileRows
{
    public static int Count => 12;
}

readonly struct FourteenRows : ITileRows
{
    public static int Count => 14;
}

readonly struct SixteenRows : ITileRows
{
    public static int Count => 16;
}

/// <summary>What a row of a register tile consists of.</summary>
interface ITileColumns
{
    /// <summary>Whether there are two vectors; the second may overlap the first.</summary>
    static abstract bool AreTwo { get; }

    /// <summary>Whether only the first elements of the only vector count.</summary>
    static abstract bool ArePart { get; }
}

readonly struct OneVector : ITileColumns
{
    public static bool AreTwo => false;

    public static bool ArePart => false;
}

readonly struct TwoVectors : ITileColumns
{
    public static bool AreTwo => true;

    public static bool ArePart => false;
}

readonly struct PartVector : ITileColumns
{
    public static bool AreTwo => false;

    public static bool ArePart => true;
}

/// <summary>How a register tile is written.</summary>
interface ITileWay
{
    /// <summary>Whether past the caches.</summary>
    static abstract bool Streams { get; }
}

readonly struct ThroughCaches : ITileWay
{
    public static bool Streams => false;
}

readonly struct PastCaches : ITileWay
{
    public static bool Streams => true;
}
