using EinsumNet.Backends.Cpu;

namespace EinsumNet;

/// <summary>The panels of the operand that all members of a run share, copied before the first of them; empty where no member reads them.</summary>
readonly unsafe struct SharedPanels<T> where T : unmanaged
{
    readonly NativeBlock _block;
    readonly int _term;
    readonly string? _key;

    /// <param name="term">The term whose list has one member, or -1.</param>
    /// <param name="calls">The members' calls.</param>
    /// <param name="lists">The operands.</param>
    internal SharedPanels(int term, ReadOnlySpan<Call> calls, in OperandLists<T> lists)
    {
        _term = term;
        if (term < 0 || !lists.IsShared(term) || First(calls) is not { } panels) return;
        _block = NativePool.Rent(panels.Bytes);
        var operand = lists[term, 0];
        fixed (T* pinned = &operand.First) panels.Copy.Run([(nint)pinned, (nint)_block.Address]);
        _key = panels.Key;
    }

    /// <summary>Runs a call of two operands; false, with nothing written, where the result overlaps the operand that is not shared.</summary>
    internal bool TryRun(Call call, in Operand<T> left, in Operand<T> right, ref T result) =>
        _key is not null && call.Panels is { } panels && panels.Key == _key
            ? call.TryRun(panels.Product, _term == 0 ? right : left, _term, (nint)_block.Address, ref result)
            : call.TryRun(left, right, ref result);

    internal void Return()
    {
        if (_key is not null) NativePool.Return(_block);
    }

    static Panels? First(ReadOnlySpan<Call> calls)
    {
        foreach (var call in calls)
            if (call.Panels is { } panels) return panels;
        return null;
    }
}
