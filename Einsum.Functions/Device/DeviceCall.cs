namespace EinsumNet.Functions;

/// <summary>
/// One run of a program on a device: operands on the host are copied there once, everything is enqueued, and results on the host are copied back and waited for.
/// </summary>
static unsafe class DeviceCall
{
    /// <param name="program">The program, which was compiled for the device.</param>
    /// <param name="device">The device.</param>
    /// <param name="addresses">Of each operand and result, on the host or on the device.</param>
    internal static void Run(Program program, FunctionDevice device, ReadOnlySpan<nint> addresses)
    {
        var (operands, results) = (program.Graph.Parameters, program.Graph.Results);
        using var memory = new DeviceMemory(device);
        var table = new nint[program.BufferCount + 1];
        for (var i = 0; i < operands.Length + results.Length; i++)
        {
            var bytes = Bytes((i < operands.Length ? operands[i] : results[i - operands.Length]).Type);
            table[i + 1] = device.IsAddress(addresses[i]) ? addresses[i] : memory.Rent(bytes);
            if (i < operands.Length && !device.IsAddress(addresses[i])) device.Write(table[i + 1], addresses[i], bytes);
        }
        var fault = 0;
        if (program.MayFault) device.Write(table[0] = memory.Rent(sizeof(int)), (nint)(&fault), sizeof(int));
        fixed (nint* pinned = table) program.RunOn(pinned + 1, (byte*)memory.Rent(program.Workspace.Bytes));
        for (var i = 0; i < results.Length; i++)
            if (!device.IsAddress(addresses[operands.Length + i])) device.Read(table[operands.Length + i + 1], addresses[operands.Length + i], Bytes(results[i].Type));
        if (!program.MayFault) return;
        device.Read(table[0], (nint)(&fault), sizeof(int));
        FunctionFaults.Throw(fault);
    }

    static long Bytes(TensorType type) => type.Count * type.Element.Size();
}
