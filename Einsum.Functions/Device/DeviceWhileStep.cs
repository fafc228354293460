using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A While whose condition and body are programs of their own: the one bool of the condition is read back in each iteration, and nothing else.</summary>
sealed unsafe class DeviceWhileStep(FunctionDevice device, WhileOp op, ImmutableArray<int> reads, ImmutableArray<int> writes) : DeviceStep(device, reads, writes)
{
    readonly Program _condition = Program.CompileBody(op.Condition), _body = Program.CompileBody(op.Body);
    readonly long[] _bytes = [.. op.Body.Results.Select(value => value.Type.Count * value.Element.Size())];

    internal override bool MayFault => _condition.MayFault || _body.MayFault;

    internal override IEnumerable<Program> Bodies => [_condition, _body];

    internal override string Text => $"while, its condition:\n  {Indent(_condition)}\n  its body:\n  {Indent(_body)}\n ";

    static string Indent(Program program) => string.Join("\n  ", program.ToString().Split('\n'));

    /// <summary>Whether a division has failed, whose quotient may be what the loop waits for; whoever called throws then.</summary>
    bool HasFailed(nint faults)
    {
        var fault = 0;
        if (MayFault) Device.Read(faults, (nint)(&fault), sizeof(int));
        return fault != 0;
    }

    internal override void Run(nint* addresses)
    {
        using var memory = new DeviceMemory(Device);
        var (testWorkspace, stepWorkspace, verdict) = (memory.Rent(_condition.Workspace.Bytes), memory.Rent(_body.Workspace.Bytes), memory.Rent(sizeof(bool)));
        var next = memory.Rent(_bytes);
        var current = new nint[op.Carries];
        var tests = stackalloc nint[_condition.BufferCount + 1];
        var steps = stackalloc nint[_body.BufferCount + 1];
        nint* test = tests + 1, step = steps + 1;
        test[-1] = step[-1] = addresses[-1];
        for (var i = 0; i < op.Carries; i++) Device.Copy(addresses[Reads[i]], current[i] = addresses[Writes[i]], _bytes[i]);
        for (var i = 0; i < op.ConditionCaptures; i++) test[op.Carries + i] = addresses[Reads[op.Carries + i]];
        for (var i = op.Carries; i < _body.Graph.Parameters.Length; i++) step[i] = addresses[Reads[op.ConditionCaptures + i]];
        test[_condition.Graph.Parameters.Length] = verdict;
        while (true)
        {
            for (var i = 0; i < op.Carries; i++) (test[i], step[i], step[_body.Graph.Parameters.Length + i]) = (current[i], current[i], next[i]);
            _condition.RunOn(test, (byte*)testWorkspace);
            byte goes = 0;
            Device.Read(verdict, (nint)(&goes), sizeof(byte));
            if (goes == 0 || HasFailed(addresses[-1])) break;
            _body.RunOn(step, (byte*)stepWorkspace);
            (current, next) = (next, current);
        }
        for (var i = 0; i < op.Carries; i++) Device.Copy(current[i], addresses[Writes[i]], _bytes[i]);
    }
}
