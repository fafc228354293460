using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>A scan whose body is a program of its own, run once per iteration on slices of xs and ys.</summary>
sealed unsafe class LoopStep(ScanOp op, Program body, ImmutableArray<int> reads, ImmutableArray<int> writes) : Step(reads, writes)
{
    readonly Program _body = body;
    readonly long[] _sliceBytes = [.. op.Body.Parameters.Skip(op.Carries + op.Captures).Concat(op.Body.Results.Skip(op.Carries)).Select(Bytes)];
    readonly long[] _carryBytes = [.. op.Body.Results.Take(op.Carries).Select(Bytes)];

    /// <summary>The loop as one kernel, where its body is kernels alone; else as a loop over a program.</summary>
    internal static Step Of(ScanOp op, ImmutableArray<int> reads, ImmutableArray<int> writes)
    {
        // Whether small contractions become kernels is of use only where all else does.
        var program = Program.CompileBody(op.Body);
        if (KernelSequence.Of(op, program.Plan) is { } sequence) return new SequenceStep(sequence, program, reads, writes);
        return new LoopStep(op, Program.Compile(op.Body), reads, writes);
    }

    static long Bytes(TensorExpr value) => value.Type.Count * value.Element.Size();

    internal override string Text => $"{op}, its body:\n  {string.Join("\n  ", _body.ToString().Split('\n'))}\n ";

    internal override void Run(nint* addresses)
    {
        var (outer, xs) = (op.Carries + op.Captures, Reads.Length - op.Carries - op.Captures);
        var own = stackalloc nint[_body.BufferCount];
        var block = _body.Workspace.Rent();
        // Two buffers for each carry take turns: the result's own, and one more.
        var spare = new WorkspaceBlock(_carryBytes.Sum());
        var current = stackalloc nint[op.Carries + 1];
        var next = stackalloc nint[op.Carries + 1];
        var offset = 0L;
        for (var i = 0; i < op.Carries; i++)
        {
            (current[i], next[i]) = (addresses[Writes[i]], (nint)spare.Address + (nint)offset);
            offset += _carryBytes[i];
            Copy(addresses[Reads[i]], current[i], _carryBytes[i]);
        }
        for (var i = op.Carries; i < outer; i++) own[i] = addresses[Reads[i]];
        try
        {
            for (var step = 0L; step < op.Length; step++)
            {
                var at = op.Reverse ? op.Length - 1 - step : step;
                for (var i = 0; i < op.Carries; i++) (own[i], own[Reads.Length + i]) = (current[i], next[i]);
                for (var i = 0; i < _sliceBytes.Length; i++)
                    own[i < xs ? outer + i : Reads.Length + op.Carries + i - xs] = addresses[i < xs ? Reads[outer + i] : Writes[op.Carries + i - xs]] + (nint)(at * _sliceBytes[i]);
                _body.RunOn(own, (byte*)block);
                var last = current;
                current = next;
                next = last;
            }
            for (var i = 0; i < op.Carries; i++)
                if (current[i] != addresses[Writes[i]]) Copy(current[i], addresses[Writes[i]], _carryBytes[i]);
        }
        finally
        {
            _body.Workspace.Return(block);
            spare.Free();
        }
    }

    static void Copy(nint source, nint target, long bytes) => Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);
}
