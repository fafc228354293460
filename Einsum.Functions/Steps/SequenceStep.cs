using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A loop as one emitted method: kernels in place, and calls of what is no kernel. Its buffers in memory are those of the first run.</summary>
sealed unsafe class SequenceStep : Step
{
    readonly KernelSequence _sequence;
    readonly Program _body;
    readonly Program? _condition;
    readonly SequenceLayout _layout;
    readonly KernelBody _run;
    readonly WorkspacePool _workspace;
    readonly long[] _bytes;

    SequenceStep(KernelSequence sequence, Program body, Program? condition, ImmutableArray<int> reads, ImmutableArray<int> writes) : base(reads, writes)
    {
        (_sequence, _body, _condition) = (sequence, body, condition);
        _layout = new SequenceLayout(sequence);
        _run = SequenceEmitter.Emit(sequence, _layout, [.. body.Steps, .. condition?.Steps ?? []]);
        _bytes = [.. Enumerable.Range(0, sequence.Carries).Select(sequence.Body.Bytes)];
        _workspace = new WorkspacePool(Aligned(body.Plan.WorkspaceBytes) + Aligned(condition?.Plan.WorkspaceBytes ?? 0) + _bytes.Sum(Aligned) + (1 + sequence.Counters.Count) * Aligned(1));
    }

    internal static SequenceStep Of(ScanOp op, ImmutableDictionary<int, long> counters, ImmutableArray<int> reads, ImmutableArray<int> writes)
    {
        var body = Program.CompileBody(op.Body);
        return new SequenceStep(new KernelSequence(LoopBody.Of(body.Graph, body.Plan), op.Carries, op.Captures, op.Length, op.Reverse, counters), body, null, reads, writes);
    }

    internal static SequenceStep Of(WhileOp op, ImmutableArray<int> reads, ImmutableArray<int> writes)
    {
        var (condition, body) = (Program.CompileBody(op.Condition), Program.CompileBody(op.Body));
        var sequence = new KernelSequence(
            LoopBody.Of(body.Graph, body.Plan), op.Carries, body.Graph.Parameters.Length - op.Carries, 0, false, ImmutableDictionary<int, long>.Empty, LoopBody.Of(condition.Graph, condition.Plan));
        return new SequenceStep(sequence, body, condition, reads, writes);
    }

    static long Aligned(long bytes) => (bytes + 63) / 64 * 64;

    internal KernelSequence Sequence => _sequence;

    internal Program Body => _body;

    internal Program? Condition => _condition;

    /// <summary>Bytes that a run takes, besides the buffers that it reads and writes.</summary>
    internal long MemoryBytes => _workspace.Bytes;

    internal override string Text
    {
        get
        {
            var registers = Enumerable.Range(0, _sequence.Carries).Count(_sequence.IsRegister);
            var carries = $"{registers} of {_sequence.Carries} carries in registers";
            var body = Describe(_sequence.Body, _body);
            return _condition is null ? $"one kernel of scan {_sequence.Length}{(_sequence.Reverse ? " reverse" : "")}, {carries}: {body}"
                : $"one kernel of while, {carries}: while {Describe(_sequence.Condition!, _condition)}: {body}";
        }
    }

    static string Describe(LoopBody body, Program program) =>
        string.Join(", ", body.Parts.Zip(program.Steps, (part, step) => part.Kernel is { } kernel ? KernelText.Of(kernel) : $"call of {step.Text}"));

    internal override void Run(nint* addresses)
    {
        var own = stackalloc nint[_layout.Count];
        var block = _workspace.Rent();
        try
        {
            // Two buffers for each carry take turns: the result's own, and one more.
            var memory = (byte*)block;
            _body.Place(own, memory);
            memory += Aligned(_body.Plan.WorkspaceBytes);
            for (var i = 0; i < _sequence.Carries; i++)
            {
                Buffer.MemoryCopy((void*)addresses[Reads[i]], (void*)addresses[Writes[i]], _bytes[i], _bytes[i]);
                (own[i], own[_layout.Home + i], own[_sequence.Operands + i]) = (addresses[Writes[i]], addresses[Writes[i]], (nint)memory);
                memory += Aligned(_bytes[i]);
            }
            var captured = _condition is null ? 0 : _sequence.Condition!.Operands - _sequence.Carries;
            for (var (i, read) = (_sequence.Carries, _sequence.Carries + captured); i < _sequence.Operands; i++)
            {
                if (!_sequence.Counters.ContainsKey(i)) own[i] = addresses[Reads[read++]];
                else
                {
                    own[i] = (nint)memory;
                    memory += Aligned(1);
                }
            }
            for (var i = _sequence.Carries; i < _sequence.Results; i++) own[_sequence.Operands + i] = addresses[Writes[i]];
            if (_condition is not null)
            {
                var condition = own + _layout.Condition;
                for (var i = 0; i < _sequence.Carries; i++) condition[i] = own[i];
                for (var i = 0; i < captured; i++) condition[_sequence.Carries + i] = addresses[Reads[_sequence.Carries + i]];
                condition[_sequence.Condition!.Operands] = (nint)memory;
                _condition.Place(condition, memory + Aligned(1));
            }
            _run(own, null);
        }
        finally
        {
            _workspace.Return(block);
        }
    }
}

/// <summary>The table of addresses of a loop: the body's buffers, the condition's, and where the carries end.</summary>
sealed class SequenceLayout(KernelSequence sequence)
{
    internal int Condition => sequence.Body.Types.Length;

    internal int Home => Condition + (sequence.Condition?.Types.Length ?? 0);

    internal int Count => Home + sequence.Carries;
}
