using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for blocks of everything { for pieces of its rectangles { the next block's lines are asked for; stage = a; out = as much of the stage before } }</c>,
/// so that memory is read and written while squares are turned in the caches.
/// </summary>
sealed unsafe class StagedMoveKernel<T, TMove, TStore> : RangeKernel where T : unmanaged where TMove : struct, IMove<T> where TStore : struct, IStore
{
    /// <summary>A piece's sides, and more of the one where the other is short: what is asked for and written at a time is some lines.</summary>
    const int PieceRowBytes = 2 * Lines.Bytes, PieceColumnBytes = Lines.Bytes;

    readonly BlockedLoops _blocks;
    readonly Stage _stage;
    readonly Steps _steps;
    readonly nint[] _sourceSteps, _resultSteps;

    internal StagedMoveKernel(KernelPlan plan, Rectangle rectangle, Stage stage, BlockedLoops blocks) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        (_blocks, _stage) = (blocks, stage);
        _steps = rectangle.Steps(0) with { ResultStep = stage.Steps[0] };
        _sourceSteps = [.. stage.Loops.Select(loop => (nint)loop.Strides[0])];
        _resultSteps = [.. stage.Loops.Select(loop => (nint)loop.ResultStride * sizeof(T))];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var loops = _stage.Loops.Length;
        var memory = NativePool.Rent(2 * _stage.Bytes);
        try
        {
            nint* lengths = stackalloc nint[4 * loops], index = lengths + loops;
            new Span<nint>(lengths, 4 * loops).Clear();
            var before = new Draining { Lengths = index + loops, Index = index + 2 * loops };
            var position = stackalloc long[_blocks.PositionLength];
            var current = stackalloc nint[] { addresses[0], addresses[1] };
            _blocks.Seek(from, position, current);
            for (var block = from; block < to; block++)
            {
                for (var loop = 0; loop < loops; loop++) lengths[loop] = _blocks.Length(loop, position);
                var (source, result) = (current[0], current[1]);
                _blocks.Next(position, current);
                var stage = memory.Address + (block & 1) * _stage.Bytes;
                Fill((T*)source, (T*)stage, lengths, index, current[0] - source, ref before);
                Drain(ref before, nint.MaxValue);
                Start(ref before, stage, (byte*)result, lengths);
            }
            Drain(ref before, nint.MaxValue);
            if (typeof(TStore) == typeof(StreamingStore)) Lines.Fence();
        }
        finally
        {
            NativePool.Return(memory);
        }
    }

    /// <summary>All pieces of a block.</summary>
    /// <param name="source">The block's first element.</param>
    /// <param name="stage">Where its first element goes.</param>
    /// <param name="lengths">How many iterations of each loop the block has.</param>
    /// <param name="index">Zeros, and zeros again in the end.</param>
    /// <param name="ahead">Bytes from the block to the next one.</param>
    /// <param name="before">The stage before.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Fill(T* source, T* stage, nint* lengths, nint* index, nint ahead, ref Draining before)
    {
        var (pieceRows, pieceColumns) = ((nint)PieceRowBytes / sizeof(T), (nint)PieceColumnBytes / sizeof(T));
        if (lengths[0] < pieceRows) pieceColumns *= pieceRows / lengths[0];
        else if (lengths[1] < pieceColumns) pieceRows *= pieceColumns / lengths[1];
        while (true)
        {
            for (nint row = 0; row < lengths[0]; row += pieceRows)
            {
                var rows = Math.Min(pieceRows, lengths[0] - row);
                for (nint column = 0, columns; column < lengths[1]; column += columns)
                {
                    // The last piece takes what would be less than a side.
                    columns = lengths[1] - column < 2 * pieceColumns ? lengths[1] - column : pieceColumns;
                    var piece = source + row + column * _steps.ColumnStep;
                    Ask((byte*)piece + ahead, columns, rows * sizeof(T));
                    TMove.Run<CachedStore>(_steps, piece, stage + row * _steps.ResultStep + column, rows, columns);
                    Drain(ref before, rows * columns * sizeof(T));
                }
            }
            var loop = _stage.Loops.Length - 1;
            for (; loop >= 2; loop--)
            {
                source += _sourceSteps[loop];
                stage += _stage.Steps[loop];
                if (++index[loop] < lengths[loop]) break;
                source -= lengths[loop] * _sourceSteps[loop];
                stage -= lengths[loop] * _stage.Steps[loop];
                index[loop] = 0;
            }
            if (loop < 2) return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Ask(byte* wanted, nint columns, nint bytes)
    {
        if (!Sse.IsSupported) return;
        var step = _steps.ColumnStep * sizeof(T);
        if (step < Lines.Bytes) (bytes, columns) = (columns * step, 1);
        for (; columns > 0; columns--, wanted += step)
            for (nint line = 0; line < bytes; line += Lines.Bytes) Sse.Prefetch1(wanted + line);
    }

    /// <summary>The stage is full: from now on it goes to the result.</summary>
    void Start(ref Draining before, byte* stage, byte* result, nint* lengths)
    {
        before.Stage = stage;
        before.Result = result;
        (before.Stretch, before.Done, before.HasMore) = (sizeof(T), 0, true);
        for (var loop = 0; loop < _stage.Loops.Length; loop++)
        {
            before.Lengths[loop] = lengths[loop];
            if (_stage.IsStretch[loop]) before.Stretch *= lengths[loop];
        }
    }

    /// <summary>Writes at least so many bytes more of the stage before, as far as there is something left, up to the end of a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Drain(ref Draining before, nint bytes)
    {
        while (before.HasMore && bytes > 0)
        {
            byte* from = before.Stage + before.Done, to = before.Result + before.Done;
            var left = before.Stretch - before.Done;
            // Parts of lines at either end, whole lines between them.
            var some = Math.Min(left, -(nint)to & (Lines.Bytes - 1));
            if (some == 0) some = Math.Min(left / Lines.Bytes, bytes / Lines.Bytes + 1) * Lines.Bytes;
            if (some == 0) some = left;
            Lines.Copy<TStore>(from, to, some);
            bytes -= some;
            before.Done += some;
            if (before.Done == before.Stretch) Next(ref before);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Next(ref Draining before)
    {
        before.Done = 0;
        for (var loop = _stage.Loops.Length - 1; loop >= 0; loop--)
        {
            if (_stage.IsStretch[loop]) continue;
            before.Stage += _stage.Steps[loop] * sizeof(T);
            before.Result += _resultSteps[loop];
            if (++before.Index[loop] < before.Lengths[loop]) return;
            before.Stage -= before.Lengths[loop] * _stage.Steps[loop] * sizeof(T);
            before.Result -= before.Lengths[loop] * _resultSteps[loop];
            before.Index[loop] = 0;
        }
        before.HasMore = false;
    }

    /// <summary>How far a stage has gone to the result.</summary>
    ref struct Draining
    {
        internal byte* Stage, Result;
        internal nint* Lengths, Index;

        /// <summary>Bytes of the stretch that is being written, and how many of them are.</summary>
        internal nint Stretch, Done;

        internal bool HasMore;
    }
}
