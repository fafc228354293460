using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>The members of a list with results in the backend's memory: all are checked before any is enqueued, and none is awaited. Room that other threads take in between is an error of the member that finds none.</summary>
sealed unsafe class ResidentMembers<T>(EinsumEngine engine, Equation equation, Call[] calls, OperandLists<T> lists) where T : unmanaged
{
    EinsumBackend Backend => engine.Options.Backend;

    /// <summary>Runs into new tensors.</summary>
    internal ResidentTensor<T>[] Run()
    {
        var results = Backend.NewResidents<T>(Array.ConvertAll(calls, call => call.ResultShape));
        try
        {
            Run(results);
            return results;
        }
        catch
        {
            foreach (var result in results) result.Dispose();
            throw;
        }
    }

    /// <summary>Runs into tensors that may be operands: the results of those are made aside, and copied once all members have read.</summary>
    internal void RunInto(ResidentTensor<T>[] destinations)
    {
        var results = (ResidentTensor<T>[])destinations.Clone();
        var overlapping = Check(destinations);
        var aside = overlapping.Length > 0 ? Backend.NewResidents<T>(Array.ConvertAll(overlapping, member => destinations[member].Shape)) : [];
        try
        {
            foreach (var (i, member) in overlapping.Index()) results[member] = aside[i];
            Run(results);
            foreach (var (i, member) in overlapping.Index()) destinations[member].CopyFrom(aside[i]);
            GC.KeepAlive(destinations);
        }
        finally
        {
            foreach (var tensor in aside) tensor.Dispose();
        }
    }

    void Run(ResidentTensor<T>[] results)
    {
        using var batch = Backend.NewResidentBatch();
        var (operands, rest) = (new Operand<T>[lists.Terms], new List<int>());
        var copies = SharedOperands.Upload(lists, SharedOperands.BytesOf<T>(lists, calls), batch.Upload);
        for (var member = 0; member < calls.Length; member++)
        {
            engine.Options.Cancellation.ThrowIfCancellationRequested();
            lists.Read(member, operands);
            In(member, () =>
            {
                if (!calls[member].TryGather<T>(batch, operands, copies, results[member].Address)) rest.Add(member);
            });
        }
        batch.Launch();
        foreach (var member in rest)
        {
            lists.Read(member, operands);
            In(member, () => calls[member].Enqueue<T>(batch, operands, copies, results[member].Address));
        }
        // A finalizer must not give memory to others that is not in the order of the work yet.
        GC.KeepAlive(results);
        GC.KeepAlive(lists);
    }

    /// <summary>Refuses destinations that do not fit, and gives the members whose destination is an operand.</summary>
    int[] Check(ResidentTensor<T>[] destinations)
    {
        var members = new Dictionary<nint, int>();
        foreach (var (member, destination) in destinations.Index())
            In(member, () =>
            {
                engine.CheckTakes(destination);
                var expected = calls[member].ResultShape;
                if (destination.Shape != expected && !(expected.Rank == 0 && destination.Shape == [1])) throw RunErrors.DestinationShape(equation, expected, destination.Shape);
                if (!members.TryAdd(destination.Address, member)) throw ManyErrors.SameDestination(equation, members[destination.Address]);
            });
        var overlapping = new SortedSet<int>();
        for (var term = 0; term < lists.Terms; term++)
            for (var member = 0; member < (lists.IsShared(term) ? 1 : calls.Length); member++)
            {
                var operand = lists[term, member];
                if (!operand.IsResident) continue;
                In(member, () =>
                {
                    if (members.TryGetValue((nint)Unsafe.AsPointer(ref Unsafe.AsRef(in operand.Start)), out var other)) overlapping.Add(other);
                });
            }
        return [.. overlapping];
    }

    /// <summary>Has errors name the member.</summary>
    static void In(int member, Action check)
    {
        try
        {
            check();
        }
        catch (EinsumException error) when (error.Member is null)
        {
            throw error.InMember(member);
        }
    }
}
