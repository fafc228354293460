namespace EinsumNet.Backends.Cpu;

/// <summary>What a row of the result reads of an operand.</summary>
interface IWalk
{
    static abstract bool Moves { get; }
}

/// <summary>A row, too.</summary>
readonly struct Neighbours : IWalk
{
    public static bool Moves => true;
}

/// <summary>The same element again and again.</summary>
readonly struct OneElement : IWalk
{
    public static bool Moves => false;
}
