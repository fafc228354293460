namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// The copies of one thread by cp.async, done as late as they may be: those of a group when the thread waits for it (PTX ISA, sections
/// "cp.async", "cp.async.commit_group" and "cp.async.wait_group").
/// </summary>
sealed unsafe class PtxCopies
{
    readonly Queue<List<Copy>> _groups = [];
    List<Copy> _open = [];

    internal void Add(PtxThread thread, ulong to, ulong from, int bytes, int valid)
    {
        if (valid > bytes) throw new PtxException($"{valid} of {bytes} bytes are copied.");
        if (from % (uint)bytes != 0) throw new PtxException($"A copy of {bytes} bytes from {from:x} is not aligned.");
        thread.Block.Shared.Expect(to, bytes, thread.Index);
        _open.Add(new Copy(to, from, bytes, valid));
    }

    internal void Commit()
    {
        _groups.Enqueue(_open);
        _open = [];
    }

    internal void Wait(PtxThread thread, int pending)
    {
        while (_groups.Count > pending)
            foreach (var copy in _groups.Dequeue())
            {
                var to = thread.Block.Shared.Arrive(copy.To, copy.Bytes, thread.Index, thread.Fences.Count);
                for (var i = 0; i < copy.Bytes; i++)
                    to[i] = i < copy.Valid ? *thread.Block.Global.Place(copy.From + (ulong)i, 1, writes: false, isReadOnly: false, thread.Block.GlobalIndex(thread)) : (byte)0;
            }
    }

    readonly record struct Copy(ulong To, ulong From, int Bytes, int Valid);
}
