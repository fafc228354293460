namespace EinsumNet.Backends.Cpu;

/// <summary>Who is told of parts of the result that are done; default for nobody.</summary>
readonly unsafe struct ToldParts(PartDone done, nint* state, bool hasBatch)
{
    internal bool IsNone => done is null;

    internal void Tell(TaskRange batch, TaskRange rows, TaskRange columns)
    {
        var bounds = stackalloc long[6] { batch.Start, batch.End, rows.Start, rows.End, columns.Start, columns.End };
        done(state, hasBatch ? bounds : bounds + 2);
    }
}
