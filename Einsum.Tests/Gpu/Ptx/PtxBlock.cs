namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>A block: each thread runs to where it needs others, and those go on together once all have come.</summary>
sealed class PtxBlock
{
    const int WarpThreads = 32;
    const int WarpgroupThreads = 128;

    readonly PtxThread[] _threads;
    readonly Dictionary<string, ulong> _specials;

    internal PtxBlock(PtxProgram program, int index, int blocks, int threads, PtxGlobal global, PtxShared shared, byte[] parameters)
    {
        (Index, Global, Shared) = (index, global, shared);
        _specials = new()
        {
            ["%ctaid.x"] = (ulong)index,
            ["%ctaid.y"] = 0,
            ["%ctaid.z"] = 0,
            ["%nctaid.x"] = (ulong)blocks,
            ["%nctaid.y"] = 1,
            ["%nctaid.z"] = 1,
            ["%ntid.x"] = (ulong)threads,
            ["%ntid.y"] = 1,
            ["%ntid.z"] = 1,
            ["%tid.y"] = 0,
            ["%tid.z"] = 0,
        };
        _threads = [.. Enumerable.Range(0, threads).Select(thread => new PtxThread(this, thread, program))];
        Warpgroups = [.. Enumerable.Range(0, (threads + WarpgroupThreads - 1) / WarpgroupThreads).Select(_ => new PtxProducts())];
        foreach (var thread in _threads)
        {
            parameters.CopyTo(thread.Parameters, 0);
            thread.Enter();
        }
    }

    internal int Index { get; }

    internal PtxGlobal Global { get; }

    internal PtxShared Shared { get; }

    /// <summary>The products under way of each warpgroup.</summary>
    internal PtxProducts[] Warpgroups { get; }

    internal ulong Special(string name, int thread) => name switch
    {
        "%tid.x" => (ulong)thread,
        "%laneid" => (ulong)thread % WarpThreads,
        _ => _specials.TryGetValue(name, out var value) ? value : throw new PtxException($"There is no {name}."),
    };

    internal int GlobalIndex(PtxThread thread) => Index * _threads.Length + thread.Index;

    /// <summary>Whether a thread that wrote after so many of its fences has said another one before the barrier.</summary>
    internal bool HasShown(int writer, int fences, int epoch) => _threads[writer].Fences is var said && said.Count > fences && said[fences] < epoch;

    internal void Run()
    {
        while (_threads.Any(thread => thread.State != PtxState.Done))
        {
            foreach (var thread in _threads)
                if (thread.State == PtxState.Ready) thread.Run();
            var went = Together(WarpThreads, PtxFlow.Warp) | Together(WarpgroupThreads, PtxFlow.Warpgroup);
            if (_threads.Any(thread => thread.State == PtxState.Ready)) continue;
            if (_threads.All(thread => thread.State == PtxState.Done)) break;
            if (!went) Barrier();
        }
    }

    bool Together(int count, PtxFlow flow)
    {
        var went = false;
        foreach (var threads in _threads.Chunk(count).Where(threads => threads.Any(thread => thread.State == PtxState.WithOthers && thread.Current.Flow == flow)))
        {
            var (at, instruction) = (threads[0].At, threads[0].Current);
            if (threads.Length < count || threads.Any(thread => thread.State != PtxState.WithOthers || thread.At != at))
            {
                // Warps of a warpgroup come to it one after the other.
                if (flow == PtxFlow.Warpgroup && threads.Any(thread => thread.State == PtxState.Ready)) continue;
                throw new PtxException($"Not all of {count} threads come to it together: {threads.First(thread => thread.State == PtxState.WithOthers).Current.Statement.Text}\n");
            }
            try
            {
                instruction.Together!(threads);
            }
            catch (PtxException error)
            {
                throw new PtxException($"{error.Message}\nBlock {Index}, at {instruction.Statement.Text}");
            }
            foreach (var thread in threads) thread.Continue();
            went = true;
        }
        return went;
    }

    /// <summary>All threads of the block are there, those of a warp at one instruction (PTX ISA, section "barrier": bar is barrier.cta.aligned).</summary>
    void Barrier()
    {
        if (_threads.Any(thread => thread.State != PtxState.AtBarrier) || _threads.Chunk(WarpThreads).Any(warp => warp.Any(thread => thread.At != warp[0].At)))
            throw new PtxException($"Not every thread comes to a barrier: {_threads.First(thread => thread.State == PtxState.AtBarrier).Current.Statement.Text}\n");
        Shared.Epoch++;
        foreach (var thread in _threads) thread.Continue();
    }
}
