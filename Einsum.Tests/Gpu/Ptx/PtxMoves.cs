namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Moves, of registers to parts of others too (PTX ISA, section "mov"), and addresses from one state space to another ("cvta").</summary>
static class PtxMoves
{
    internal static Action<PtxThread>? Step(PtxStatement statement) => statement.Name switch
    {
        "mov" when statement.Opcode.Length == 2 => Move(statement),
        "cvta" => Address(statement),
        _ => null,
    };

    static Action<PtxThread>? Move(PtxStatement statement)
    {
        switch (statement.Operands[0], statement.Operands[1])
        {
            case (PtxList, PtxRegister source):
                var (parts, width) = (statement.Slots(0), PtxBits.Width(statement.Type));
                var each = width / parts.Length;
                return thread =>
                {
                    var value = thread.R[source.Slot];
                    for (var i = 0; i < parts.Length; i++) thread.R[parts[i]] = value >> i * each & ulong.MaxValue >> 64 - each;
                };
            case (PtxRegister d, PtxList):
                var pieces = statement.Slots(1);
                var bits = PtxBits.Width(statement.Type) / pieces.Length;
                return thread =>
                {
                    var value = 0UL;
                    for (var i = 0; i < pieces.Length; i++) value |= (thread.R[pieces[i]] & ulong.MaxValue >> 64 - bits) << i * bits;
                    thread.R[d.Slot] = value;
                };
            case (PtxRegister d, PtxRegister x): return thread => thread.R[d.Slot] = thread.R[x.Slot];
            case (PtxRegister d, PtxSymbol { Variable: { } variable }):
                return variable.Space == "local" ? thread => thread.R[d.Slot] = thread.LocalStart + variable.Address : thread => thread.R[d.Slot] = variable.Address;
            default: return null;
        }
    }

    /// <summary>Generic addresses of global memory are its own.</summary>
    static Action<PtxThread>? Address(PtxStatement statement)
    {
        var (d, x) = (statement.Slot(0), statement.Slot(1));
        var (isTo, space) = (statement.Opcode[1] == "to", statement.Opcode[^2]);
        var window = space switch { "global" => 0UL, "shared" => PtxThread.SharedWindow, "local" => PtxThread.LocalWindow, _ => throw statement.Unknown() };
        if (!isTo) return thread => thread.R[d] = thread.R[x] + window;
        return thread =>
        {
            var address = thread.R[x] - window;
            if (space == "global" ? address >= PtxThread.LocalWindow : address >= PtxThread.Window) throw new PtxException($"{thread.R[x]:x} is no address in {space} memory.");
            thread.R[d] = address;
        };
    }
}
