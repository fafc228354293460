using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>One free loop cut into blocks, inside an odometer over the rest of the free loops; the kernel proper runs one block.</summary>
abstract unsafe class BlockKernel : RangeKernel
{
    readonly Odometer _rest;
    readonly nint[] _strides;
    readonly long _extent, _block, _blocks;
    readonly bool _isOneBlock;
    readonly KernelPlan? _plan;
    readonly Loop? _blocked;
    BlockParts? _parts;

    /// <param name="plan">The plan, whose loops have all at least one iteration.</param>
    /// <param name="blocked">The loop to cut; null for none.</param>
    /// <param name="rest">The free loops around it.</param>
    /// <param name="block">How many iterations a block has, the last one apart.</param>
    private protected BlockKernel(KernelPlan plan, Loop? blocked, IEnumerable<Loop> rest, long block)
        : this(plan, blocked, new Odometer(plan, LoopOrder.Sort(rest)), block, Blocks(blocked, block)) { }

    BlockKernel(KernelPlan plan, Loop? blocked, Odometer rest, long block, long blocks)
        : base(rest.Count * blocks, plan.Iterations * plan.Operands.Length / (rest.Count * blocks))
    {
        (_rest, _block, _blocks, _extent, _isOneBlock) = (rest, block, blocks, blocked?.Extent ?? 1, rest.Rank == 0 && blocks == 1);
        _strides = blocked is null ? new nint[plan.Operands.Length + 1] : Odometer.ByteStrides(plan, blocked);
        if (rest.Rank == 0 && plan.Operands.Length == 2) (_plan, _blocked) = (plan, blocked);
    }

    /// <summary>Found out when first asked for: most kernels run by themselves, and a list has one for each member.</summary>
    BlockParts? Parts => _plan is null ? null : _parts ??= new BlockParts(_plan, _blocked, _block);

    static long Blocks(Loop? blocked, long block) => blocked is null ? 1 : (blocked.Extent + block - 1) / block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected sealed override void Run(nint* addresses, long from, long to)
    {
        if (_isOneBlock)
        {
            Run(addresses, _extent);
            Finish();
            return;
        }
        var count = _strides.Length;
        var indices = stackalloc long[_rest.Rank];
        var outer = stackalloc nint[2 * count];
        var inner = outer + count;
        new Span<nint>(addresses, count).CopyTo(new(outer, count));
        var (position, block) = Math.DivRem(from, _blocks);
        _rest.Seek(position, indices, outer);
        for (var i = from; i < to; i++)
        {
            var start = block * _block;
            for (var k = 0; k < count; k++) inner[k] = outer[k] + (nint)start * _strides[k];
            Run(inner, Math.Min(_block, _extent - start));
            if (++block < _blocks) continue;
            block = 0;
            _rest.Next(indices, outer);
        }
        Finish();
    }

    internal override long[]? PartAxes => Parts?.ResultAxes;

    internal override OperandBlocks? BlocksOf(int operand) => Parts?.Operands[operand];

    /// <summary>Some blocks at a time: what they read is computed, they run, and what they made is gone on with.</summary>
    protected sealed override void Run(nint* addresses, long from, long to, KernelHooks hooks, nint* state)
    {
        var (parts, count) = (Parts!, _strides.Length);
        var inner = stackalloc nint[count];
        var buffer = NativePool.Rent(parts.Lay(hooks, null));
        try
        {
            var memory = stackalloc nint[count];
            parts.Lay(hooks, buffer.Address, memory);
            var some = parts.BlocksAtOnce(hooks);
            for (var i = from; i < to; i += some)
            {
                var (first, last) = (i * _block, Math.Min(_extent, Math.Min(i + some, to) * _block));
                for (var k = 0; k < count - 1; k++)
                    if (hooks.Sources[k].Write is { } write) parts.Ask(write, k, state, first, last, memory[k]);
                for (var start = first; start < last; start += _block)
                {
                    for (var k = 0; k < count; k++) inner[k] = memory[k] != 0 ? memory[k] + (nint)(start - first) * _strides[k] : addresses[k] + (nint)start * _strides[k];
                    Run(inner, Math.Min(_block, _extent - start));
                }
                Finish();
                if (hooks.Done is { } done) parts.Tell(done, state, first, last);
            }
        }
        finally
        {
            NativePool.Return(buffer);
        }
    }

    /// <summary>Called after blocks, before others are told that they are done.</summary>
    private protected virtual void Finish() { }

    /// <summary>Runs so many iterations of the blocked loop.</summary>
    protected abstract void Run(nint* addresses, long count);
}
