namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>A kernel or a function as it was parsed: registers have slots, of which those of numbers hold their value from the start.</summary>
sealed class PtxFunction(string name)
{
    internal string Name => name;

    internal List<PtxVariable> Results { get; } = [];

    internal List<PtxVariable> Parameters { get; } = [];

    internal List<PtxStatement> Body { get; } = [];

    /// <summary>The statement behind each label.</summary>
    internal Dictionary<string, int> Labels { get; } = [];

    /// <summary>The registers at first.</summary>
    internal List<ulong> Slots { get; } = [];

    /// <summary>The slots of numbers.</summary>
    internal HashSet<int> Numbers { get; } = [];

    /// <summary>The slots of registers such as <c>%tid.x</c>.</summary>
    internal Dictionary<string, int> Specials { get; } = [];

    internal int LocalBytes { get; private set; }

    internal int ParameterBytes { get; private set; }

    internal bool IsParsed => Body.Count > 0;

    /// <summary>The value of an operand that must be a number of the text.</summary>
    internal ulong Number(PtxStatement statement, int operand) =>
        Numbers.Contains(statement.Slot(operand)) ? Slots[statement.Slot(operand)] : throw statement.Unknown($"operand {operand} is no number");

    /// <summary>Gives a variable of a thread its place in the frame.</summary>
    internal PtxVariable Place(PtxVariable variable)
    {
        var end = variable.Space == "local" ? LocalBytes : ParameterBytes;
        var start = (end + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
        variable.Address = (ulong)start;
        if (variable.Space == "local") LocalBytes = start + variable.Bytes;
        else ParameterBytes = start + variable.Bytes;
        return variable;
    }
}
