using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A scan whose body is kernels alone, as one kernel.</summary>
sealed unsafe class SequenceStep : Step
{
    readonly KernelSequence _sequence;
    readonly Program _body;
    readonly KernelBody _run;
    readonly long _spareBytes;
    readonly bool[] _endsInSpare;

    internal SequenceStep(KernelSequence sequence, Program body, ImmutableArray<int> reads, ImmutableArray<int> writes) : base(reads, writes)
    {
        (_sequence, _body) = (sequence, body);
        _run = SequenceEmitter.Emit(sequence);
        var registers = sequence.Registers;
        _endsInSpare = [.. Enumerable.Range(0, sequence.Carries).Select(carry => registers.Contains(carry) || sequence.Length % 2 == 1)];
        _spareBytes = Enumerable.Range(0, sequence.Carries).Sum(sequence.Bytes);
    }

    internal KernelSequence Sequence => _sequence;

    internal override string Text
    {
        get
        {
            var registers = Enumerable.Range(0, _sequence.Carries).Intersect(_sequence.Registers).Count();
            return $"one kernel of scan {_sequence.Length}{(_sequence.Reverse ? " reverse" : "")}, {registers} of {_sequence.Carries} carries in registers: {string.Join(", ", _sequence.Kernels.Select(KernelText.Of))}";
        }
    }

    internal override void Run(nint* addresses)
    {
        var own = stackalloc nint[_body.BufferCount];
        var block = _body.Workspace.Rent();
        // Two buffers for each carry take turns: the result's own, and one more.
        var spare = new WorkspaceBlock(_spareBytes);
        try
        {
            _body.Place(own, (byte*)block);
            var offset = 0L;
            for (var i = 0; i < _sequence.Carries; i++)
            {
                var bytes = _sequence.Bytes(i);
                Buffer.MemoryCopy((void*)addresses[Reads[i]], (void*)addresses[Writes[i]], bytes, bytes);
                (own[i], own[_sequence.Operands + i]) = (addresses[Writes[i]], (nint)spare.Address + (nint)offset);
                offset += bytes;
            }
            for (var i = _sequence.Carries; i < _sequence.Operands; i++) own[i] = addresses[Reads[i]];
            for (var i = _sequence.Carries; i < _sequence.Results; i++) own[_sequence.Operands + i] = addresses[Writes[i]];
            _run(own, null);
            for (var i = 0; i < _sequence.Carries; i++)
                if (_endsInSpare[i]) Buffer.MemoryCopy((void*)own[_sequence.Operands + i], (void*)addresses[Writes[i]], _sequence.Bytes(i), _sequence.Bytes(i));
        }
        finally
        {
            _body.Workspace.Return(block);
            spare.Free();
        }
    }
}
