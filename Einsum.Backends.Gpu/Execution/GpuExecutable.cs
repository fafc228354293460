using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A kernel program on a device. Operands on the host are copied there once, intermediates never leave it, and the result is copied back unless its
/// address is on the device too: then the call returns as soon as everything is enqueued.
/// </summary>
sealed unsafe class GpuExecutable(DeviceSession session, LaunchPlan plan, CancellationToken cancellation) : Executable
{
    internal LaunchPlan Plan => plan;

    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        cancellation.ThrowIfCancellationRequested();
        if (plan.Result is null) return;
        using var lease = session.Enter();
        var isResident = DeviceAddresses.IsDevice(addresses[^1]);
        var bytes = plan.Extents[^1];
        // What lies between the elements of a result is someone else's, perhaps being written to by another thread: it is not copied to and fro.
        var aside = isResident || plan.Result.IsDense ? 0 : (nint)NativeMemory.Alloc((nuint)bytes);
        try
        {
            var to = aside != 0 ? aside : addresses[^1];
            Enqueue(addresses, keepsHostMemory: !isResident, isResident ? null : (memory, length) => session.Staging.Read(memory, 0, to, length));
            if (isResident) return;
            // The caller's memory was read where it lies, perhaps for a step that the result does not wait for.
            if (session.Runtime.Limits.IsProcessor)
                using (var mark = session.Runtime.Record(GpuStream.Upload)) mark.Wait();
            if (aside != 0) plan.Result.Copy(aside, addresses[^1]);
        }
        catch
        {
            // The caller's memory must not be in use any more when it is let go.
            session.Runtime.Drain();
            throw;
        }
        finally
        {
            if (aside != 0) NativeMemory.Free((void*)aside);
        }
    }

    /// <summary>Enqueues everything; operands on the host may change once this returns, the result, which is dense, is there when the task completes.</summary>
    internal override Task RunAsync(ReadOnlySpan<nint> addresses)
    {
        cancellation.ThrowIfCancellationRequested();
        if (plan.Result is null) return Task.CompletedTask;
        using var lease = session.Enter();
        try
        {
            var (mark, finish, to) = ((GpuEvent?)null, (Action<bool>?)null, addresses[^1]);
            Enqueue(addresses, keepsHostMemory: false, DeviceAddresses.IsDevice(to) ? null : (memory, length) => (mark, finish) = session.Staging.ReadLater(memory, 0, to, length));
            return session.Completion(mark ?? session.Runtime.Record(GpuStream.Kernels), finish);
        }
        catch
        {
            session.Runtime.Drain();
            throw;
        }
    }

    /// <param name="addresses">The operands and the result.</param>
    /// <param name="keepsHostMemory">Whether the operands on the host stay as they are until they are copied.</param>
    /// <param name="read">Reads the result's memory, of so many bytes in its layout; null where the result is on the device.</param>
    internal void Enqueue(ReadOnlySpan<nint> addresses, bool keepsHostMemory, Action<nint, long>? read)
    {
        var program = plan.Program;
        var pool = session.Pool;
        var places = new (nint Memory, long Offset)[addresses.Length + program.WorkspaceOffsets.Length];
        var rented = new List<DeviceBlock>();
        try
        {
            for (var i = 0; i < program.OperandCount; i++) places[i] = Operand(addresses, i, places, rented, keepsHostMemory);
            var isResident = DeviceAddresses.IsDevice(addresses[^1]);
            places[program.OperandCount] = isResident ? session.Resident(addresses[^1], plan.Extents[^1]) : (Rent(plan.Extents[^1]), 0);
            if (program.WorkspaceBytes > 0)
            {
                var workspace = Rent(program.WorkspaceBytes);
                for (var i = 0; i < program.WorkspaceOffsets.Length; i++) places[addresses.Length + i] = (workspace, program.WorkspaceOffsets[i]);
            }
            else
            {
                // Intermediates without an element still are arguments.
                for (var i = 0; i < program.WorkspaceOffsets.Length; i++) places[addresses.Length + i] = places[program.OperandCount];
            }
            var scratch = plan.ScratchBytes > 0 ? Rent(plan.ScratchBytes) : 0;
            foreach (var launch in plan.Launches)
            {
                cancellation.ThrowIfCancellationRequested();
                Launch(launch, places, scratch);
            }
            read?.Invoke(places[program.OperandCount].Memory, plan.Extents[^1]);
        }
        finally
        {
            // Whoever rents them next comes after what was enqueued here.
            foreach (var block in rented) pool.Return(block);
        }

        nint Rent(long bytes)
        {
            var block = pool.Rent(bytes);
            rented.Add(block);
            return block.Memory;
        }
    }

    (nint, long) Operand(ReadOnlySpan<nint> addresses, int operand, (nint Memory, long Offset)[] places, List<DeviceBlock> rented, bool keepsHostMemory)
    {
        var (address, bytes) = (addresses[operand], plan.Extents[operand]);
        if (DeviceAddresses.IsDevice(address)) return session.Resident(address, bytes);
        for (var same = 0; same < operand; same++)
            if (addresses[same] == address && plan.Extents[same] >= bytes) return places[same];
        var block = session.Pool.Rent(bytes);
        rented.Add(block);
        if (bytes == 0) return (block.Memory, 0);
        if (keepsHostMemory && session.Runtime.Limits.IsProcessor) session.Runtime.Write(block.Memory, 0, address, bytes);
        else session.Staging.Write(block.Memory, 0, address, bytes);
        return (block.Memory, 0);
    }

    void Launch(ProgramLaunch launch, (nint Memory, long Offset)[] places, nint scratch)
    {
        var count = launch.Values.Length + (launch.ScratchBytes > 0 ? 1 : 0);
        var buffers = count <= 16 ? stackalloc KernelBuffer[16] : new KernelBuffer[count];
        for (var i = 0; i < launch.Values.Length; i++)
        {
            var (value, elementBytes) = launch.Values[i];
            buffers[i] = new KernelBuffer(places[value].Memory, places[value].Offset / elementBytes, IsRead: i < launch.Values.Length - 1);
        }
        if (count > launch.Values.Length) buffers[count - 1] = new KernelBuffer(scratch, 0);
        launch.Run(session.Runtime, buffers[..count]);
    }
}
