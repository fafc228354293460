using System.Numerics.Tensors;

namespace EinsumNet;

/// <content>Lists of operands whose shapes differ from member to member.</content>
public sealed partial class EinsumEngine
{
    /// <summary>
    /// One result per member of the lists, each in a new dense row-major tensor: <c>result[i] = equation(a[i], b[i])</c>. The shapes may differ in every
    /// member; a list of one member is shared by all. One plan serves all members, they run on all threads, and nothing is padded.
    /// </summary>
    /// <exception cref="EinsumException">The lists' lengths disagree (EIN0602), or a member's operands do not fit the equation; <see cref="EinsumException.Member"/> says which.</exception>
    public Tensor<T>[] EvalMany<T>(string equation, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists) where T : unmanaged
    {
        var batch = BatchFor(equation, lists, out var operands, out var calls);
        return batch.Invoke(calls, operands, null, Options.Cancellation);
    }

    /// <summary>
    /// As <see cref="EvalMany"/>, with each member's result in a new tensor in the backend's memory. The call returns once the work is enqueued; operands on the host may change
    /// from then on. Dispose the tensors to give their memory back.
    /// </summary>
    /// <exception cref="EinsumException">As <see cref="EvalMany"/>; the backend has no memory of its own (EIN0706), or no room for all results (EIN0704), and nothing is enqueued then, unless other threads take room meanwhile.</exception>
    public ResidentTensor<T>[] EvalManyResident<T>(string equation, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists) where T : unmanaged =>
        BatchFor(equation, lists, out var operands, out var calls).InvokeResident(calls.Calls, operands);

    /// <summary>
    /// Starts <see cref="EvalMany"/> in the background; the members complete one by one. The lists are copied at once, the elements are not: these stay
    /// unchanged until the members are done.
    /// </summary>
    /// <inheritdoc cref="EvalMany"/>
    public EinsumManyTask<T> EvalManyAsync<T>(string equation, CancellationToken cancellation, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists) where T : unmanaged
    {
        // The caller may fill its lists anew while the members run, and the calls fit only what was in them.
        var kept = new IReadOnlyList<Operand<T>>[lists.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(lists[i], nameof(lists));
            kept[i] = [.. lists[i]];
        }
        var batch = BatchFor<T>(equation, kept, out var operands, out var calls);
        return new(batch, calls, operands, cancellation);
    }

    /// <summary>An expression for many members of these shapes, one list of shapes per term, planned and compiled once.</summary>
    /// <exception cref="EinsumException">The lists' lengths disagree (EIN0602), or a member's shapes do not fit the equation.</exception>
    public EinsumBatch<T> CompileMany<T>(string equation, params ReadOnlySpan<IReadOnlyList<Shape>> shapes) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        return EinsumBatch<T>.Compile(this, Parsed(equation), shapes);
    }

    /// <summary>
    /// Rows of <paramref name="lhs"/> [m, k] times the matrix of their group in <paramref name="rhs"/> [g, k, n]: the first groupSizes[0] rows meet rhs[0], and
    /// so on; rows past the last group are zero. Gives [m, n]; lhs is never expanded to [g, m, k].
    /// </summary>
    /// <exception cref="EinsumException">A group size is negative (EIN0604), they sum past m (EIN0605), are not g (EIN0606), or the shapes disagree.</exception>
    public Tensor<T> RaggedDot<T>(Operand<T> lhs, Operand<T> rhs, ReadOnlySpan<long> groupSizes) where T : unmanaged =>
        RaggedDot("mk,gkn->mn", "m", "g", groupSizes, lhs, rhs);

    /// <summary>The rows of a ragged tensor, each group a row, times the matrix of their group in <paramref name="rhs"/> [g, k, n]: gives [entries, n].</summary>
    /// <inheritdoc cref="RaggedDot{T}(Operand{T}, Operand{T}, ReadOnlySpan{long})"/>
    public Tensor<T> RaggedDot<T>(RaggedTensor<T> lhs, Operand<T> rhs) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(lhs);
        var groupSizes = new long[lhs.Count];
        for (var row = 0; row < groupSizes.Length; row++) groupSizes[row] = lhs.RowLength(row);
        return RaggedDot(lhs.AsOperand(), rhs, groupSizes);
    }

    /// <summary>
    /// An equation of which one axis falls into consecutive groups. Per group, the axis of <paramref name="ragged"/> is cut to the group's entries, and the axis of
    /// <paramref name="group"/>, wherever it stands, to the group's number. The ragged label may be free (<c>mk,gkn->mn</c>), contracted
    /// (<c>mk,kn->gmn</c>, ragged k) or batch (<c>bmk,bkn->bmn</c>, no group label). What no group reaches is zero.
    /// </summary>
    /// <param name="equation">The equation, without an ellipsis.</param>
    /// <param name="ragged">The label whose axis falls into groups.</param>
    /// <param name="group">The label that numbers the groups, or null where none does.</param>
    /// <param name="groupSizes">How many entries each group has; non-negative, and together at most the ragged axis' size.</param>
    /// <param name="operands">The operands.</param>
    /// <exception cref="EinsumException">A group size is negative (EIN0604), they sum past the axis (EIN0605), do not match the group label's size (EIN0606), or a label cannot be ragged (EIN0607).</exception>
    public Tensor<T> RaggedDot<T>(string equation, string ragged, string? group, ReadOnlySpan<long> groupSizes, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(ragged);
        return new RaggedProduct<T>(this, Parsed(equation), ragged, group).Eval(operands, groupSizes);
    }

    /// <summary>
    /// As <see cref="RaggedDot{T}(Operand{T}, Operand{T}, ReadOnlySpan{long})"/>, with the result in a new tensor in the backend's memory. The call returns once the work is enqueued; operands on the
    /// host may change from then on. Dispose the tensor to give its memory back.
    /// </summary>
    /// <exception cref="EinsumException">As <see cref="RaggedDot{T}(Operand{T}, Operand{T}, ReadOnlySpan{long})"/>; the backend has no memory of its own (EIN0706), or no room (EIN0704).</exception>
    public ResidentTensor<T> RaggedDotResident<T>(Operand<T> lhs, Operand<T> rhs, ReadOnlySpan<long> groupSizes) where T : unmanaged =>
        RaggedDotResident("mk,gkn->mn", "m", "g", groupSizes, lhs, rhs);

    /// <summary>As <see cref="RaggedDot{T}(string, string, string, ReadOnlySpan{long}, ReadOnlySpan{Operand{T}})"/>, with the result in a new tensor in the backend's memory, and without a wait.</summary>
    /// <inheritdoc cref="RaggedDot{T}(string, string, string, ReadOnlySpan{long}, ReadOnlySpan{Operand{T}})"/>
    public ResidentTensor<T> RaggedDotResident<T>(string equation, string ragged, string? group, ReadOnlySpan<long> groupSizes, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(ragged);
        return new RaggedProduct<T>(this, Parsed(equation), ragged, group).EvalResident(operands, groupSizes);
    }

    EinsumBatch<T> BatchFor<T>(string equation, ReadOnlySpan<IReadOnlyList<Operand<T>>> lists, out OperandLists<T> operands, out MemberCalls calls) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        if (_batches.Find(equation, lists, out operands, out var known) is { } kept)
        {
            calls = known!;
            return kept;
        }
        var parsed = Parsed(equation);
        operands = new OperandLists<T>(parsed, lists);
        var batch = EinsumBatch<T>.Compile(this, parsed, operands);
        _batches.Add(batch);
        calls = batch.Compiled;
        return batch;
    }
}
