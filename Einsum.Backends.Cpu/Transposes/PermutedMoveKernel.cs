using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>for runs of the result { for their vectors { for vectors of the operand: v = some of their pieces; out = v } }</c>: axes so short that no rectangle of two of them fills a vector.</summary>
sealed unsafe class PermutedMoveKernel<V, TPermute, TStore> : RangeKernel where V : unmanaged where TPermute : struct, IPermute<V> where TStore : struct, IStore
{
    readonly Permutation _permutation;
    readonly BlockedLoops _blocks;
    readonly nint _sourceStep, _resultStep, _bytes;

    internal PermutedMoveKernel(KernelPlan plan, Permutation permutation)
        : this(plan, permutation, new BlockedLoops(plan, MoveFactory.Around(plan, permutation.Run), (permutation.Run.Cut, permutation.Run.Block))) { }

    PermutedMoveKernel(KernelPlan plan, Permutation permutation, BlockedLoops blocks) : base(blocks.Count, plan.Iterations / blocks.Count)
    {
        var (run, size) = (permutation.Run, plan.Element.Size());
        (_permutation, _blocks) = (permutation, blocks);
        (_sourceStep, _resultStep, _bytes) = ((nint)run.Cut.Strides[0] * size, (nint)run.Cut.ResultStride * size, run.Length * size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long from, long to)
    {
        var position = stackalloc long[_blocks.PositionLength];
        var current = stackalloc nint[] { addresses[0], addresses[1] };
        _blocks.Seek(from, position, current);
        fixed (int* counts = _permutation.Counts)
        fixed (nint* sources = _permutation.Sources)
            for (; from < to; from++, _blocks.Next(position, current))
            {
                // The last run along the loop that is cut begins within the one before, and so not with a line.
                var missing = (nint)_permutation.Run.Block - _blocks.Length(0, position);
                byte* source = (byte*)(current[0] - missing * _sourceStep), result = (byte*)(current[1] - missing * _resultStep);
                if (missing == 0) Move<TStore>(source, result, counts, sources);
                else Move<CachedStore>(source, result, counts, sources);
            }
        if (typeof(TStore) == typeof(StreamingStore)) Lines.Fence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Move<TAnyStore>(byte* source, byte* result, int* counts, nint* sources) where TAnyStore : struct, IStore
    {
        var indices = _permutation.Indices;
        var last = result + _bytes - sizeof(V);
        for (; ; result += sizeof(V))
        {
            if (result > last) result = last;
            var vector = TPermute.Permute(default, TPermute.Load(source + *sources++), TPermute.Load(indices));
            indices += sizeof(V);
            for (var more = *counts++; more > 1; more--)
            {
                vector = TPermute.Permute(vector, TPermute.Load(source + *sources++), TPermute.Load(indices));
                indices += sizeof(V);
            }
            TPermute.Store<TAnyStore>(result, vector);
            if (result == last) return;
        }
    }
}
