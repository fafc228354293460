using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A scan whose body is a program of its own, enqueued once per iteration on slices of xs and ys; the host waits for none of them.</summary>
sealed unsafe class DeviceLoopStep(FunctionDevice device, ScanOp op, ImmutableArray<int> reads, ImmutableArray<int> writes) : DeviceStep(device, reads, writes)
{
    readonly Program _body = Program.CompileBody(op.Body);
    readonly long[] _sliceBytes = [.. op.Body.Parameters.Skip(op.Carries + op.Captures).Concat(op.Body.Results.Skip(op.Carries)).Select(Bytes)];
    readonly long[] _carryBytes = [.. op.Body.Results.Take(op.Carries).Select(Bytes)];

    static long Bytes(TensorExpr value) => value.Type.Count * value.Element.Size();

    internal override bool MayFault => _body.MayFault;

    internal override string Text => $"{op}, launched in each iteration:\n  {string.Join("\n  ", _body.ToString().Split('\n'))}\n ";

    internal override void Run(nint* addresses)
    {
        var (outer, xs) = (op.Carries + op.Captures, Reads.Length - op.Carries - op.Captures);
        using var memory = new DeviceMemory(Device);
        var workspace = memory.Rent(_body.Workspace.Bytes);
        // Two buffers for each carry take turns: the result's own, and one more.
        var next = memory.Rent(_carryBytes);
        var current = new nint[op.Carries];
        var table = stackalloc nint[_body.BufferCount + 1];
        var own = table + 1;
        own[-1] = addresses[-1];
        for (var i = 0; i < op.Carries; i++) Device.Copy(addresses[Reads[i]], current[i] = addresses[Writes[i]], _carryBytes[i]);
        for (var i = op.Carries; i < outer; i++) own[i] = addresses[Reads[i]];
        for (var step = 0L; step < op.Length; step++)
        {
            var at = op.Reverse ? op.Length - 1 - step : step;
            for (var i = 0; i < op.Carries; i++) (own[i], own[Reads.Length + i]) = (current[i], next[i]);
            for (var i = 0; i < _sliceBytes.Length; i++)
                own[i < xs ? outer + i : Reads.Length + op.Carries + i - xs] = addresses[i < xs ? Reads[outer + i] : Writes[op.Carries + i - xs]] + (nint)(at * _sliceBytes[i]);
            _body.RunOn(own, (byte*)workspace);
            (current, next) = (next, current);
        }
        for (var i = 0; i < op.Carries; i++) Device.Copy(current[i], addresses[Writes[i]], _carryBytes[i]);
    }
}
