using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>Runs its parts one block after the other, or several blocks on several threads; each has memory of its own for what lives in it.</summary>
sealed unsafe class BlockStep : Step
{
    readonly BlockPlan _plan;
    readonly PartStep[] _parts;
    readonly int _buffers, _maxThreads = EngineScope.Current.Options.MaxThreads;
    readonly long _blocks, _cuts;

    internal BlockStep(BlockPlan plan, PartStep[] parts, int buffers) : base(plan.Reads, plan.Writes)
    {
        (_plan, _parts, _buffers) = (plan, parts, buffers);
        _cuts = (plan.Leading[^1] + plan.Rows - 1) / plan.Rows;
        _blocks = plan.Leading.SkipLast(1).Aggregate(_cuts, (product, size) => product * size);
    }

    internal BlockPlan Plan => _plan;

    internal override IEnumerable<Step> Parts => _parts;

    internal override string Text => $"{_blocks} blocks of {_plan.Rows} in {string.Join(" x ", _plan.Leading)}, {_plan.Bytes} bytes each";

    internal override void Run(nint* addresses)
    {
        var job = new Blocks(this, addresses);
        WorkerPool.Shared.Run(ref job, checked((int)_blocks), _maxThreads);
    }

    void RunBlock(long block, nint* addresses)
    {
        var axes = _plan.Leading.Length;
        var bounds = stackalloc long[2 * axes];
        // Which entry of the leading axes, taken as one, the block starts with.
        var (entry, stride, left) = (0L, 1L, block / _cuts);
        bounds[2 * axes - 2] = block % _cuts * _plan.Rows;
        bounds[2 * axes - 1] = Math.Min(_plan.Leading[^1], bounds[2 * axes - 2] + _plan.Rows);
        for (var axis = axes - 1; axis >= 0; axis--)
        {
            if (axis < axes - 1)
            {
                bounds[2 * axis] = left % _plan.Leading[axis];
                bounds[2 * axis + 1] = bounds[2 * axis] + 1;
                left /= _plan.Leading[axis];
            }
            entry += bounds[2 * axis] * stride;
            stride *= _plan.Leading[axis];
        }
        var own = stackalloc nint[_buffers];
        new ReadOnlySpan<nint>(addresses, _buffers).CopyTo(new Span<nint>(own, _buffers));
        var memory = NativePool.Rent(_plan.Bytes);
        try
        {
            // As if the whole buffer were there, so that every place is where it would be.
            foreach (var local in _plan.Locals) own[local.Buffer] = (nint)memory.Address + (nint)(local.Offset - entry * local.EntryBytes);
            foreach (var part in _parts) part.RunPart(own, bounds);
        }
        finally
        {
            NativePool.Return(memory);
        }
    }

    readonly struct Blocks(BlockStep step, nint* addresses) : IJob
    {
        public void Execute(int task) => step.RunBlock(task, addresses);
    }
}
