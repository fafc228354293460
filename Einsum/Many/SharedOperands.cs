namespace EinsumNet;

/// <summary>Operands that all members of a list read, for a backend with memory of its own: how many bytes they have, and where they are once they are copied there.</summary>
static class SharedOperands
{
    /// <summary>Per term the bytes of the operand that all of several members share, 0 where each has its own.</summary>
    internal static long[] BytesOf<T>(in OperandLists<T> lists, ReadOnlySpan<Call> calls) where T : unmanaged
    {
        var bytes = new long[lists.Terms];
        for (var term = 0; calls.Length > 1 && term < bytes.Length; term++)
            if (lists.IsShared(term)) bytes[term] = calls[0].ExtentOf(term);
        return bytes;
    }

    /// <summary>The same of the lists that a batch is compiled for.</summary>
    internal static long[] BytesOf<TItem>(ReadOnlySpan<IReadOnlyList<TItem>> lists, ReadOnlySpan<Call> calls)
    {
        var bytes = new long[lists.Length];
        for (var term = 0; calls.Length > 1 && term < bytes.Length; term++)
            if (lists[term].Count == 1) bytes[term] = calls[0].ExtentOf(term);
        return bytes;
    }

    /// <summary>Has each of them be copied once; per term the address that stands for the copy, 0 where there is none.</summary>
    /// <param name="lists">The operands.</param>
    /// <param name="bytes">What <see cref="BytesOf{T}(in OperandLists{T}, ReadOnlySpan{Call})"/> gave.</param>
    /// <param name="upload">Copies, see <see cref="ExecutionBatch.Upload"/>.</param>
    internal static unsafe nint[] Upload<T>(OperandLists<T> lists, long[] bytes, Func<nint, long, nint> upload) where T : unmanaged
    {
        var addresses = new nint[lists.Terms];
        Next(0);
        return addresses;

        // All stay where they are until the last is copied, so that no address is soon another's.
        void Next(int term)
        {
            while (term < bytes.Length && bytes[term] == 0) term++;
            if (term == bytes.Length) return;
            var operand = lists[term, 0];
            fixed (T* start = &operand.Start)
            {
                var address = upload((nint)start, bytes[term]);
                if (address != (nint)start) addresses[term] = address;
                Next(term + 1);
            }
            operand.KeepAlive();
        }
    }
}
