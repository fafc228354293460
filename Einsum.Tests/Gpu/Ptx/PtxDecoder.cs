using System.Collections.Immutable;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>From what was parsed to what can be run; an instruction that it does not know is an exception with its text.</summary>
sealed class PtxDecoder
{
    readonly Dictionary<string, PtxProgram> _programs = [];
    readonly PtxModule _module;

    internal PtxDecoder(PtxModule module)
    {
        _module = module;
        foreach (var function in module.Functions.Values) _programs[function.Name] = new PtxProgram(function);
        foreach (var program in _programs.Values) program.Code = [.. program.Function.Body.Select(statement => Decode(statement, program.Function))];
    }

    internal PtxProgram this[string name] => _programs[name];

    PtxInstruction Decode(PtxStatement statement, PtxFunction function) => statement.Name switch
    {
        "bra" => new(statement, PtxFlow.Branch, Target: function.Labels[((PtxSymbol)statement.Operands[0]).Name]),
        "ret" or "exit" => new(statement, PtxFlow.Return),
        "bar" => statement.Opcode is ["bar", "sync"] && statement.Operands.Length == 1 && function.Number(statement, 0) == 0 ? new(statement, PtxFlow.Barrier) : throw statement.Unknown(),
        "call" => new(statement, PtxFlow.Next, Call(statement)),
        "mma" => new(statement, PtxFlow.Warp, Together: PtxMma.Decode(statement)),
        "wgmma" => new(statement, PtxFlow.Warpgroup, Together: PtxWgmma.Decode(statement, function)),
        _ => new(statement, PtxFlow.Next, Step(statement, function) ?? throw statement.Unknown()),
    };

    Action<PtxThread> Call(PtxStatement statement)
    {
        var operands = statement.Operands;
        var (results, at) = operands[0] is PtxList list ? (list.Parts, 1) : (ImmutableArray<PtxOperand>.Empty, 0);
        var callee = _programs[((PtxSymbol)operands[at]).Name];
        var arguments = operands.Length > at + 1 ? ((PtxList)operands[at + 1]).Parts : [];
        return thread => thread.Call(callee, [.. arguments.Select(Variable).Zip(callee.Function.Parameters)], [.. callee.Function.Results.Zip(results.Select(Variable))]);

        static PtxVariable Variable(PtxOperand operand) => ((PtxSymbol)operand).Variable!;
    }

    static Action<PtxThread>? Step(PtxStatement statement, PtxFunction function) =>
        PtxMoves.Step(statement) ?? PtxMemoryAccess.Step(statement) ?? Asynchronous(statement, function) ?? PtxCarries.Step(statement) ?? Calculation(statement, function);

    static Action<PtxThread>? Asynchronous(PtxStatement statement, PtxFunction function)
    {
        switch (string.Join('.', statement.Opcode))
        {
            case "fence.proxy.async.shared_cta": return thread => thread.Fences.Add(thread.Block.Shared.Epoch);
            case "cp.async.commit_group": return thread => thread.Copies.Commit();
            case "cp.async.wait_group":
                var pending = (int)function.Number(statement, 0);
                return thread => thread.Copies.Wait(thread, pending);
            case "cp.async.ca.shared.global":
                var (to, from) = (PtxMemoryAccess.Place(statement, 0), PtxMemoryAccess.Place(statement, 1));
                var (bytes, valid) = ((int)function.Number(statement, 2), statement.Operands.Length > 3 ? statement.Slot(3) : statement.Slot(2));
                if (bytes is not (4 or 8 or 16)) throw statement.Unknown("cp.async.ca copies 4, 8 or 16 bytes");
                return thread => thread.Copies.Add(thread, (uint)to(thread), from(thread), bytes, (int)(uint)thread.R[valid]);
            default: return null;
        }
    }

    static Action<PtxThread>? Calculation(PtxStatement statement, PtxFunction function)
    {
        if (statement.Name is "setp" or "selp" or "cvt" or "bfi" or "dp4a") return Special(statement);
        var (mode, type) = (string.Join('.', statement.Opcode[1..^1]), statement.Type);
        var slots = Enumerable.Range(0, statement.Operands.Length).Select(statement.Slot).ToArray();
        if (function.Numbers.Contains(slots[0])) throw statement.Unknown();
        var d = slots[0];
        switch (slots.Length)
        {
            case 2 when (PtxFloats.Unary(statement.Name, mode, type) ?? (mode == "" ? PtxIntegers.Unary(statement.Name, type) : null)) is { } unary:
                var x = slots[1];
                return thread => thread.R[d] = unary(thread.R[x]);
            case 3 when (PtxFloats.Binary(statement.Name, mode, type) ?? PtxIntegers.Binary(statement.Name, mode, type)) is { } binary:
                var (left, right) = (slots[1], slots[2]);
                return thread => thread.R[d] = binary(thread.R[left], thread.R[right]);
            case 4 when (PtxFloats.Ternary(statement.Name, mode, type) ?? PtxIntegers.Ternary(statement.Name, mode, type)) is { } ternary:
                var (a, b, c) = (slots[1], slots[2], slots[3]);
                return thread => thread.R[d] = ternary(thread.R[a], thread.R[b], thread.R[c]);
            default: return null;
        }
    }

    static Action<PtxThread>? Special(PtxStatement statement)
    {
        var (d, x, y) = (statement.Slot(0), statement.Slot(1), statement.Operands.Length > 2 ? statement.Slot(2) : 0);
        var opcode = statement.Opcode;
        switch (statement.Name)
        {
            case "setp" when opcode.Length == 3 && PtxFloats.Comparison(opcode[1], statement.Type) is { } comparison:
                return thread => thread.R[d] = PtxBits.Flag(comparison(thread.R[x], thread.R[y]));
            case "selp" when opcode.Length == 2:
                var p = statement.Slot(3);
                return thread => thread.R[d] = thread.R[p] != 0 ? thread.R[x] : thread.R[y];
            case "cvt" when opcode is ["cvt", "rn", "bf16x2", "f32"]:
                return thread => thread.R[d] = PtxConversions.PackBFloat16(thread.R[x], thread.R[y]);
            case "cvt" when statement.Operands.Length == 2 && PtxConversions.Of(string.Join('.', opcode[1..^2]), opcode[^2], opcode[^1]) is { } conversion:
                return thread => thread.R[d] = conversion(thread.R[x]);
            case "bfi" when opcode.Length == 2:
                var (place, length, width) = (statement.Slot(3), statement.Slot(4), PtxBits.Width(statement.Type));
                return thread => thread.R[d] = PtxIntegers.Insert(thread.R[x], thread.R[y], (uint)thread.R[place], (uint)thread.R[length], width);
            case "dp4a" when opcode.Length == 3:
                var (sum, left, right) = (statement.Slot(3), opcode[1] == "s32", opcode[2] == "s32");
                return thread => thread.R[d] = PtxIntegers.Dot(thread.R[x], thread.R[y], thread.R[sum], left, right);
            default: return null;
        }
    }
}
