using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A While whose condition and body are programs of their own.</summary>
sealed unsafe class WhileStep(WhileOp op, ImmutableArray<int> reads, ImmutableArray<int> writes) : Step(reads, writes)
{
    readonly Program _condition = Program.Compile(op.Condition), _body = Program.Compile(op.Body);
    readonly long[] _bytes = [.. op.Body.Results.Select(value => value.Type.Count * value.Element.Size())];

    internal override string Text => $"while, its condition:\n  {Indent(_condition)}\n  its body:\n  {Indent(_body)}\n ";

    static string Indent(Program program) => string.Join("\n  ", program.ToString().Split('\n'));

    internal override void Run(nint* addresses)
    {
        var test = stackalloc nint[_condition.BufferCount];
        var step = stackalloc nint[_body.BufferCount];
        var (testBlock, stepBlock) = (_condition.Workspace.Rent(), _body.Workspace.Rent());
        var spare = new WorkspaceBlock(_bytes.Sum());
        var goes = false;
        var offset = 0L;
        for (var i = 0; i < op.Carries; i++)
        {
            Buffer.MemoryCopy((void*)addresses[Reads[i]], (void*)addresses[Writes[i]], _bytes[i], _bytes[i]);
            test[i] = step[i] = addresses[Writes[i]];
            step[_body.Graph.Parameters.Length + i] = (nint)spare.Address + (nint)offset;
            offset += _bytes[i];
        }
        for (var i = 0; i < op.ConditionCaptures; i++) test[op.Carries + i] = addresses[Reads[op.Carries + i]];
        for (var i = op.Carries; i < _body.Graph.Parameters.Length; i++) step[i] = addresses[Reads[op.ConditionCaptures + i]];
        test[_condition.Graph.Parameters.Length] = (nint)(&goes);
        try
        {
            while (true)
            {
                _condition.RunOn(test, (byte*)testBlock);
                if (!goes) return;
                _body.RunOn(step, (byte*)stepBlock);
                for (var i = 0; i < op.Carries; i++) Buffer.MemoryCopy((void*)step[_body.Graph.Parameters.Length + i], (void*)addresses[Writes[i]], _bytes[i], _bytes[i]);
            }
        }
        finally
        {
            _condition.Workspace.Return(testBlock);
            _body.Workspace.Return(stepBlock);
            spare.Free();
        }
    }
}
