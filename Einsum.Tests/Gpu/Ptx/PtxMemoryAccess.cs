namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Loads and stores, of one element or of a vector, which is aligned as a whole (PTX ISA, sections "Addresses as Operands", "ld", "ld.global.nc" and "st").</summary>
static unsafe class PtxMemoryAccess
{
    static readonly string[] s_spaces = ["global", "shared", "local", "param"];

    internal static Action<PtxThread>? Step(PtxStatement statement)
    {
        if (statement.Name is not ("ld" or "st")) return null;
        var space = s_spaces.FirstOrDefault(statement.Has, "");
        var (isReadOnly, type) = (statement.Has("nc"), statement.Type);
        var count = statement.Has("v4") ? 4 : statement.Has("v2") ? 2 : 1;
        if (statement.Opcode[1..^1].Any(word => word is not ("nc" or "v2" or "v4") && !s_spaces.Contains(word))) return null;
        var size = PtxBits.Width(type) / 8;
        var (place, slots) = statement.Name == "ld" ? (Place(statement, 1), statement.Slots(0)) : (Place(statement, 0), statement.Slots(1));
        if (slots.Length != count) throw statement.Unknown();
        if (statement.Name == "st")
            return thread =>
            {
                var to = At(thread, space, place(thread), size * count, writes: true, isReadOnly: false);
                for (var i = 0; i < count; i++) Write(to + i * size, thread.R[slots[i]], size);
            };
        var isSigned = type[0] == 's';
        return thread =>
        {
            var from = At(thread, space, place(thread), size * count, writes: false, isReadOnly);
            for (var i = 0; i < count; i++) thread.R[slots[i]] = isSigned ? (ulong)PtxBits.Extend(Read(from + i * size, size), type) : Read(from + i * size, size);
        };
    }

    /// <summary>The address of an operand in brackets.</summary>
    internal static Func<PtxThread, ulong> Place(PtxStatement statement, int operand)
    {
        if (statement.Operands[operand] is not PtxAddress address) throw statement.Unknown("no address");
        var offset = (ulong)address.Offset;
        return address.Base switch
        {
            PtxRegister register => thread => thread.R[register.Slot] + offset,
            PtxSymbol { Variable: { Space: "local" } variable } => thread => thread.LocalStart + variable.Address + offset,
            PtxSymbol { Variable: { } variable } => _ => variable.Address + offset,
            _ => throw statement.Unknown("no address"),
        };
    }

    static byte* At(PtxThread thread, string space, ulong address, int bytes, bool writes, bool isReadOnly)
    {
        if (space == "")
        {
            if (address >= PtxThread.SharedWindow && address < PtxThread.SharedWindow + PtxThread.Window) (space, address) = ("shared", address - PtxThread.SharedWindow);
            else if (address >= PtxThread.LocalWindow && address < PtxThread.LocalWindow + PtxThread.Window) (space, address) = ("local", address - PtxThread.LocalWindow);
        }
        return space switch
        {
            "shared" => writes ? thread.Block.Shared.Write(address, bytes, thread.Index, thread.Fences.Count) : thread.Block.Shared.Read(address, bytes, thread.Index),
            "local" => thread.Local(address, bytes),
            "param" => thread.Parameter(address, bytes),
            _ => thread.Block.Global.Place(address, bytes, writes, isReadOnly, thread.Block.GlobalIndex(thread)),
        };
    }

    static ulong Read(byte* from, int size) => size switch { 1 => *from, 2 => *(ushort*)from, 4 => *(uint*)from, _ => *(ulong*)from };

    static void Write(byte* to, ulong value, int size)
    {
        switch (size)
        {
            case 1: *to = (byte)value; break;
            case 2: *(ushort*)to = (ushort)value; break;
            case 4: *(uint*)to = (uint)value; break;
            default: *(ulong*)to = value; break;
        }
    }
}
