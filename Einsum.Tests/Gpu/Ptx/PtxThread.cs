namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Why a thread does not go on.</summary>
enum PtxState { Ready, AtBarrier, WithOthers, Done }

/// <summary>A thread: its registers, its memory, and how far it is.</summary>
sealed unsafe class PtxThread(PtxBlock block, int index, PtxProgram program)
{
    /// <summary>Where generic addresses of shared memory and of a thread's own start.</summary>
    internal const ulong SharedWindow = 0x7f00_0000_0000, LocalWindow = 0x7e00_0000_0000, Window = 1UL << 32;

    const int LocalBytes = 4096;

    readonly List<int> _fences = [];
    byte[]? _local;
    int _localTop;
    PtxProgram _program = program;
    int _at;

    internal PtxBlock Block => block;

    internal int Index => index;

    internal ulong[] R { get; private set; } = program.NewRegisters(block, index);

    /// <summary>Parameters of this function and of those that it calls.</summary>
    internal byte[] Parameters { get; private set; } = GC.AllocateArray<byte>(program.Function.ParameterBytes + 16, pinned: true);

    /// <summary>The start of this function's own variables.</summary>
    internal ulong LocalStart { get; private set; }

    internal bool Carry { get; set; }

    internal PtxState State { get; set; } = PtxState.Ready;

    internal PtxCopies Copies { get; } = new();

    /// <summary>The instruction at which the thread waits for others.</summary>
    internal ref readonly PtxInstruction Current => ref _program.Code[_at];

    internal int At => _at;

    /// <summary>The barriers before each fence.proxy.async.</summary>
    internal List<int> Fences => _fences;

    /// <summary>Goes on to the next instruction that other threads have a part in, or to the end.</summary>
    internal void Run()
    {
        while (true)
        {
            if (_at >= _program.Code.Length) throw new PtxException("A function ends without ret.");
            ref readonly var instruction = ref _program.Code[_at];
            if (instruction.Guard >= 0 && R[instruction.Guard] == 0 != instruction.Negated)
            {
                _at++;
                continue;
            }
            switch (instruction.Flow)
            {
                case PtxFlow.Next:
                    try
                    {
                        instruction.Step!(this);
                    }
                    catch (PtxException error) when (!error.Message.Contains('\n'))
                    {
                        throw new PtxException($"{error.Message}\nThread {index} of block {block.Index}, at {instruction.Statement.Text}");
                    }
                    _at++;
                    break;
                case PtxFlow.Branch: _at = instruction.Target; break;
                case PtxFlow.Return:
                    State = PtxState.Done;
                    return;
                case PtxFlow.Barrier:
                    State = PtxState.AtBarrier;
                    return;
                default:
                    State = PtxState.WithOthers;
                    return;
            }
        }
    }

    /// <summary>What the thread waited for has happened.</summary>
    internal void Continue()
    {
        _at++;
        State = PtxState.Ready;
    }

    /// <summary>Calls a function that no other thread has a part in.</summary>
    internal void Call(PtxProgram callee, IReadOnlyList<(PtxVariable From, PtxVariable To)> arguments, IReadOnlyList<(PtxVariable From, PtxVariable To)> results)
    {
        var (registers, parameters, localStart, localTop, caller, at) = (R, Parameters, LocalStart, _localTop, _program, _at);
        var frame = GC.AllocateArray<byte>(callee.Function.ParameterBytes + 16, pinned: true);
        foreach (var (from, to) in arguments) parameters.AsSpan((int)from.Address, from.Bytes).CopyTo(frame.AsSpan((int)to.Address, to.Bytes));
        (R, Parameters, LocalStart, _localTop, _program, _at) = (callee.NewRegisters(block, index), frame, (ulong)localTop, localTop, callee, 0);
        Enter();
        Run();
        if (State != PtxState.Done) throw new PtxException($"{callee.Function.Name} waits for other threads.");
        foreach (var (from, to) in results) frame.AsSpan((int)from.Address, from.Bytes).CopyTo(parameters.AsSpan((int)to.Address, to.Bytes));
        (R, Parameters, LocalStart, _localTop, _program, _at, State) = (registers, parameters, localStart, localTop, caller, at, PtxState.Ready);
    }

    /// <summary>Makes room for the function's own variables.</summary>
    internal void Enter() => _localTop = (_localTop + _program.Function.LocalBytes + 15) / 16 * 16;

    internal byte* Local(ulong address, int bytes)
    {
        _local ??= GC.AllocateArray<byte>(LocalBytes, pinned: true);
        if (address % (uint)bytes != 0) throw new PtxException($"Address {address:x} of {bytes} bytes is not aligned in local memory.");
        if (address + (uint)bytes > (uint)Math.Min(_localTop, LocalBytes)) throw new PtxException($"Byte {address} of local memory, of which {_localTop} are in use.");
        return (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_local, (int)address);
    }

    internal byte* Parameter(ulong address, int bytes)
    {
        if (address % (uint)bytes != 0 || address + (uint)bytes > (uint)_program.Function.ParameterBytes) throw new PtxException($"Byte {address} of parameters.");
        return (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(Parameters, (int)address);
    }
}
