using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A scan whose body is a program of its own, enqueued once per iteration on slices of xs and ys; the host waits for none of them.</summary>
/// <param name="device">The device.</param>
/// <param name="op">The scan.</param>
/// <param name="counters">The operands that count, and where each starts; they are no buffers.</param>
/// <param name="reads">The buffers of the other operands.</param>
/// <param name="writes">The buffers of the results.</param>
sealed unsafe class DeviceLoopStep(FunctionDevice device, ScanOp op, ImmutableDictionary<int, long> counters, ImmutableArray<int> reads, ImmutableArray<int> writes) : DeviceStep(device, reads, writes)
{
    /// <summary>So many numbers of a counter are brought to the device at once.</summary>
    const long Counted = 4096;

    readonly Program _body = Program.CompileBody(op.Body);
    readonly long[] _sliceBytes = [.. op.Body.Parameters.Skip(op.Carries + op.Captures).Concat(op.Body.Results.Skip(op.Carries)).Select(Bytes)];
    readonly long[] _carryBytes = [.. op.Body.Results.Take(op.Carries).Select(Bytes)];

    static long Bytes(TensorExpr value) => value.Type.Count * value.Element.Size();

    internal override bool MayFault => _body.MayFault;

    internal override IEnumerable<Program> Bodies => [_body];

    internal override string Text => $"{op}, launched in each iteration:\n  {string.Join("\n  ", _body.ToString().Split('\n'))}\n ";

    internal override void Run(nint* addresses)
    {
        var (operands, results, inner) = (op.Body.Parameters.Length, op.Body.Results.Length, op.Carries + op.Captures);
        using var memory = new DeviceMemory(Device);
        var workspace = memory.Rent(_body.Workspace.Bytes);
        // Two buffers for each carry take turns: the result's own, and one more.
        var next = memory.Rent(_carryBytes);
        var current = new nint[op.Carries];
        var table = stackalloc nint[_body.BufferCount + 1];
        var own = table + 1;
        own[-1] = addresses[-1];
        for (var i = 0; i < op.Carries; i++) Device.Copy(addresses[Reads[i]], current[i] = addresses[Writes[i]], _carryBytes[i]);
        // Where each operand and result starts that is not a carry.
        var starts = new nint[operands + results];
        for (var (i, read) = (op.Carries, op.Carries); i < operands; i++) starts[i] = counters.ContainsKey(i) ? memory.Rent(Math.Min(op.Length, Counted) * sizeof(long)) : addresses[Reads[read++]];
        for (var i = op.Carries; i < results; i++) starts[operands + i] = addresses[Writes[i]];
        for (var i = op.Carries; i < inner; i++) own[i] = starts[i];
        for (var step = 0L; step < op.Length; step++)
        {
            var at = op.Reverse ? op.Length - 1 - step : step;
            if (step % Counted == 0) Count(starts, step);
            for (var i = 0; i < op.Carries; i++) (own[i], own[operands + i]) = (current[i], next[i]);
            for (var i = 0; i < operands - inner; i++)
                own[inner + i] = starts[inner + i] + (nint)(counters.ContainsKey(inner + i) ? step % Counted * sizeof(long) : at * _sliceBytes[i]);
            for (var i = op.Carries; i < results; i++) own[operands + i] = starts[operands + i] + (nint)(at * _sliceBytes[operands - inner + i - op.Carries]);
            _body.RunOn(own, (byte*)workspace);
            (current, next) = (next, current);
        }
        for (var i = 0; i < op.Carries; i++) Device.Copy(current[i], addresses[Writes[i]], _carryBytes[i]);
    }

    /// <summary>Brings what the counters are in this iteration and those after it to the device, behind what reads the numbers before.</summary>
    void Count(nint[] starts, long step)
    {
        foreach (var (operand, start) in counters)
        {
            var numbers = new long[Math.Min(Counted, op.Length - step)];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = start + (op.Reverse ? op.Length - 1 - step - i : step + i);
            fixed (long* first = numbers) Device.Write(starts[operand], (nint)first, numbers.Length * sizeof(long));
        }
    }
}
