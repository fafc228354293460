namespace EinsumNet.Backends.Cpu;

/// <summary>Whether a register tile asks for cache lines while its sum is made, one beside each step: so many at once would keep its own loads waiting.</summary>
interface ILines
{
    static abstract bool AreAskedFor { get; }
}

readonly struct NoLines : ILines
{
    public static bool AreAskedFor => false;
}

/// <summary>Lines that tiles to come read.</summary>
readonly struct LinesBetween : ILines
{
    public static bool AreAskedFor => true;
}
