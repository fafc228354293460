namespace EinsumNet;

/// <summary>The latest lists that an engine evaluated, so that lists of the same equation, sizes and strides need no planning again. Thread-safe.</summary>
sealed class BatchCache
{
    const int Slots = 8;

    /// <summary>Members that all lists kept have together, at most.</summary>
    const int MostMembers = 1 << 15;

    readonly Lock _lock = new();
    (object Batch, int Count)[] _slots = [];

    /// <summary>The batch for lists like these, or null where there is none.</summary>
    internal EinsumBatch<T>? Find<T>(string equation, ReadOnlySpan<IReadOnlyList<Operand<T>>> lists, out OperandLists<T> operands, out MemberCalls? calls) where T : unmanaged
    {
        foreach (var (kept, _) in Volatile.Read(ref _slots))
        {
            if (kept is not EinsumBatch<T> batch || batch.Equation.Text != equation) continue;
            operands = new OperandLists<T>(batch.Equation, lists);
            if (operands.Members == batch.Count && (calls = batch.CallsFor(operands)) is not null) return batch;
        }
        operands = default;
        calls = null;
        return null;
    }

    /// <summary>Keeps the batch, and of the others the latest that there is room for.</summary>
    internal void Add<T>(EinsumBatch<T> batch) where T : unmanaged
    {
        if (batch.Count > MostMembers) return;
        lock (_lock)
        {
            var (slots, members) = (new List<(object, int)> { (batch, batch.Count) }, batch.Count);
            foreach (var slot in _slots)
            {
                members += slot.Count;
                if (slots.Count == Slots || members > MostMembers) break;
                slots.Add(slot);
            }
            Volatile.Write(ref _slots, [.. slots]);
        }
    }
}
