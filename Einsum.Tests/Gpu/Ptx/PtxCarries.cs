namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Arithmetic of numbers of several words (PTX ISA, section "Extended-Precision Integer Arithmetic Instructions"), of 32 bits without a sign.</summary>
static class PtxCarries
{
    internal static Action<PtxThread>? Step(PtxStatement statement)
    {
        var (name, opcode, isWritten) = (statement.Name, statement.Opcode, statement.Has("cc"));
        if (!isWritten && name is not ("addc" or "subc" or "madc")) return null;
        if (statement.Type is not ("u32" or "s32")) return null;
        var isCarried = name is "addc" or "subc" or "madc";
        var (d, x, y) = (statement.Slot(0), statement.Slot(1), statement.Slot(2));
        switch (name)
        {
            case "add" or "addc": return Sum(thread => ((uint)thread.R[x], (uint)thread.R[y]));
            case "sub" or "subc":
                return thread =>
                {
                    var difference = (long)(uint)thread.R[x] - (uint)thread.R[y] - (isCarried && thread.Carry ? 1 : 0);
                    thread.R[d] = (uint)difference;
                    if (isWritten) thread.Carry = difference < 0;
                };
            case "mad" or "madc" when opcode[1] is "lo" or "hi":
                var (z, isHigh) = (statement.Slot(3), opcode[1] == "hi");
                if (isHigh && statement.Type == "s32") return null;
                return Sum(thread => ((uint)((ulong)(uint)thread.R[x] * (uint)thread.R[y] >> (isHigh ? 32 : 0)), (uint)thread.R[z]));
            default: return null;
        }

        Action<PtxThread> Sum(Func<PtxThread, (uint Left, uint Right)> terms) => thread =>
        {
            var (left, right) = terms(thread);
            var sum = (ulong)left + right + (isCarried && thread.Carry ? 1UL : 0);
            thread.R[d] = (uint)sum;
            if (isWritten) thread.Carry = sum > uint.MaxValue;
        };
    }
}
