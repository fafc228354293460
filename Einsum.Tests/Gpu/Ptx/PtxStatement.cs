using System.Collections.Immutable;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>An instruction: <c>@!%p1 add.s32 %r1, %r2, 3</c>.</summary>
/// <param name="Text">As it was printed.</param>
/// <param name="Guard">The predicate's slot, or -1.</param>
/// <param name="Negated">Whether it is done where the predicate is false.</param>
/// <param name="Opcode">The words between the dots.</param>
/// <param name="Operands">Destinations first.</param>
sealed record PtxStatement(string Text, int Guard, bool Negated, ImmutableArray<string> Opcode, ImmutableArray<PtxOperand> Operands)
{
    internal string Name => Opcode[0];

    /// <summary>The type, which is the last word.</summary>
    internal string Type => Opcode[^1];

    internal bool Has(string word) => Opcode.Contains(word);

    internal PtxException Unknown(string why = "an instruction that the interpreter does not know") => new($"{why}: {Text}");

    /// <summary>The slot of an operand that is a register or a number.</summary>
    internal int Slot(int operand) => operand < Operands.Length && Operands[operand] is PtxRegister register ? register.Slot : throw Unknown($"operand {operand} is no register");

    internal ImmutableArray<int> Slots(int operand) => Operands[operand] switch
    {
        PtxRegister register => [register.Slot],
        PtxList list => [.. list.Parts.Select(part => part is PtxRegister register ? register.Slot : throw Unknown("no register"))],
        _ => throw Unknown("no registers"),
    };
}
