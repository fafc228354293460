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
        var rented = new List<DeviceBlock>();
        try
        {
            var (launches, scratchBytes) = plan.Compiled;
            var (places, scratch) = Place(addresses, scratchBytes, rented);
            for (var i = 0; i < plan.Program.OperandCount; i++)
                if (!DeviceAddresses.IsDevice(addresses[i]) && Same(addresses, i) == i) Copy(places[i].Memory, addresses[i], plan.Extents[i], keepsHostMemory);
            foreach (var launch in launches)
            {
                cancellation.ThrowIfCancellationRequested();
                Launch(launch, places, scratch);
            }
            read?.Invoke(places[plan.Program.OperandCount].Memory, plan.Extents[^1]);
        }
        finally
        {
            // Whoever rents them next comes after what was enqueued here.
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    /// <summary>Compiles the kernels, and refuses what <see cref="Enqueue"/> would refuse, for which there is room then, unless other threads take it meanwhile.</summary>
    internal void Reserve(ReadOnlySpan<nint> addresses)
    {
        if (plan.Result is null) return;
        var rented = new List<DeviceBlock>();
        try
        {
            _ = Place(addresses, plan.Compiled.ScratchBytes, rented);
        }
        finally
        {
            foreach (var block in rented) session.Pool.Return(block);
        }
    }

    /// <summary>Where the program's values are, and the scratch memory: all memory comes before all work.</summary>
    ((nint Memory, long Offset)[] Places, nint Scratch) Place(ReadOnlySpan<nint> addresses, long scratchBytes, List<DeviceBlock> rented)
    {
        var program = plan.Program;
        var places = new (nint Memory, long Offset)[addresses.Length + program.WorkspaceOffsets.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            if (DeviceAddresses.IsDevice(addresses[i])) places[i] = session.Resident(addresses[i], plan.Extents[i]);
            else places[i] = i < program.OperandCount && Same(addresses, i) is var same && same < i ? places[same] : (Rent(plan.Extents[i]), 0);
        }
        // Intermediates without an element still are arguments.
        var workspace = program.WorkspaceBytes > 0 ? (Rent(program.WorkspaceBytes), 0) : places[program.OperandCount];
        for (var i = 0; i < program.WorkspaceOffsets.Length; i++) places[addresses.Length + i] = (workspace.Memory, workspace.Offset + (program.WorkspaceBytes > 0 ? program.WorkspaceOffsets[i] : 0));
        return (places, scratchBytes > 0 ? Rent(scratchBytes) : 0);

        nint Rent(long bytes)
        {
            var block = session.Pool.Rent(bytes);
            rented.Add(block);
            return block.Memory;
        }
    }

    /// <summary>The first operand on the host whose memory holds this one's; copied, it serves both.</summary>
    int Same(ReadOnlySpan<nint> addresses, int operand)
    {
        var same = 0;
        while (same < operand && !(addresses[same] == addresses[operand] && plan.Extents[same] >= plan.Extents[operand])) same++;
        return same;
    }

    void Copy(nint memory, nint address, long bytes, bool keepsHostMemory)
    {
        if (bytes == 0) return;
        if (keepsHostMemory && session.Runtime.Limits.IsProcessor) session.Runtime.Write(memory, 0, address, bytes);
        else session.Staging.Write(memory, 0, address, bytes);
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
