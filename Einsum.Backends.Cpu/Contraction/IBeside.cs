namespace EinsumNet.Backends.Cpu;

/// <summary>What a register tile does beside each step of its sum.</summary>
interface IBeside
{
    /// <summary>Whether it asks for a cache line that tiles to come read: so many at once would keep its own loads waiting.</summary>
    static abstract bool Asks { get; }

    /// <summary>Whether it copies what it reads of y, for the tiles that read it next.</summary>
    static abstract bool Copies { get; }
}

readonly struct Nothing : IBeside
{
    public static bool Asks => false;

    public static bool Copies => false;
}

readonly struct Asks : IBeside
{
    static bool IBeside.Asks => true;

    public static bool Copies => false;
}

readonly struct Copies : IBeside
{
    public static bool Asks => false;

    static bool IBeside.Copies => true;
}

readonly struct AsksAndCopies : IBeside
{
    public static bool Asks => true;

    public static bool Copies => true;
}
