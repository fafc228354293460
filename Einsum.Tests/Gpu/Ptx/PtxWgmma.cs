using System.Globalization;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>The instructions of warpgroups (PTX ISA, section "Asynchronous Warpgroup Level Matrix Instructions"), of operands that are both in shared memory.</summary>
static class PtxWgmma
{
    internal static Action<PtxThread[]> Decode(PtxStatement statement, PtxFunction function)
    {
        if (statement.Opcode is not ["wgmma", _, "sync", "aligned", ..]) throw statement.Unknown();
        switch (statement.Opcode[1])
        {
            case "fence": return threads => Of(threads).Fence(threads);
            case "commit_group": return threads => Of(threads).Commit();
            case "wait_group":
                var pending = (int)function.Number(statement, 0);
                return threads => Of(threads).Wait(threads, pending);
            case "mma_async": return Product(statement, function);
            default: throw statement.Unknown();
        }
    }

    static PtxProducts Of(PtxThread[] threads) => threads[0].Block.Warpgroups[threads[0].Index / threads.Length];

    static Action<PtxThread[]> Product(PtxStatement statement, PtxFunction function)
    {
        if (statement.Opcode is not [.., var shape, "f32", var type, var other] || type != other || type is not ("f16" or "bf16" or "tf32")) throw statement.Unknown();
        var registers = statement.Slots(0);
        if (shape != string.Create(CultureInfo.InvariantCulture, $"m64n{registers.Length * 2}k{(type == "tf32" ? 8 : 16)}")) throw statement.Unknown("another shape than its registers have");
        var (x, y) = (statement.Slot(1), statement.Slot(2));
        // The sums are added to, no operand is negated; transposition is for types of 16 bits.
        if (Enumerable.Range(3, 3).Any(operand => function.Number(statement, operand) != 1)) throw statement.Unknown();
        if (statement.Operands.Length != (type == "tf32" ? 6 : 8)) throw statement.Unknown();
        var (isXAcross, isYAcross) = type == "tf32" ? (false, false) : (IsSet(6), IsSet(7));
        return threads =>
        {
            var (left, right) = (threads[0].R[x], threads[0].R[y]);
            if (threads.Any(thread => thread.R[x] != left || thread.R[y] != right)) throw new PtxException("The threads of a warpgroup have different matrices.");
            Of(threads).Add(threads, new(type, registers, PtxMatrix.Of(left), PtxMatrix.Of(right), isXAcross, isYAcross, threads[0].Block.Shared.Epoch));
        };

        bool IsSet(int operand) => function.Number(statement, operand) switch { 0 => false, 1 => true, _ => throw statement.Unknown() };
    }
}
