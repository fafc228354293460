using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Walks the index space of some loops, the last one fastest, and keeps the address of every operand and of the result in step.
/// After the last position it is at the first again, so an inner odometer needs no rewinding.
/// </summary>
sealed unsafe class Odometer
{
    readonly long[] _extents;
    readonly nint[] _strides; // bytes, all addresses of the first loop, then all of the second, ...
    readonly int _addresses;

    internal Odometer(KernelPlan plan, IReadOnlyList<Loop> loops)
    {
        _addresses = plan.Operands.Length + 1;
        (_extents, _strides, Count) = (new long[loops.Count], new nint[loops.Count * _addresses], 1);
        for (var i = 0; i < _extents.Length; i++)
        {
            _extents[i] = loops[i].Extent;
            ByteStrides(plan, loops[i]).CopyTo(_strides, i * _addresses);
            Count = checked(Count * _extents[i]);
        }
    }

    internal int Rank => _extents.Length;

    /// <summary>How many positions there are; 1 without loops.</summary>
    internal long Count { get; }

    /// <summary>How many bytes each address moves per iteration of the loop.</summary>
    internal static nint[] ByteStrides(KernelPlan plan, Loop loop)
    {
        var strides = new nint[loop.Strides.Length];
        for (var i = 0; i < strides.Length; i++)
            strides[i] = checked((nint)(loop.Strides[i] * (i < plan.Operands.Length ? plan.Operands[i] : plan.Result).Element.Size()));
        return strides;
    }

    /// <summary>Goes from the first position to the one numbered <paramref name="position"/>, and sets the <see cref="Rank"/> indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Seek(long position, long* indices, nint* addresses)
    {
        for (var loop = Rank - 1; loop >= 0; loop--)
        {
            (position, indices[loop]) = Math.DivRem(position, _extents[loop]);
            for (var i = 0; i < _addresses; i++) addresses[i] += (nint)indices[loop] * _strides[loop * _addresses + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Next(long* indices, nint* addresses)
    {
        for (var loop = Rank - 1; loop >= 0; loop--)
        {
            var strides = _strides.AsSpan(loop * _addresses, _addresses);
            if (++indices[loop] < _extents[loop])
            {
                for (var i = 0; i < strides.Length; i++) addresses[i] += strides[i];
                return;
            }
            indices[loop] = 0;
            var back = (nint)(_extents[loop] - 1);
            for (var i = 0; i < strides.Length; i++) addresses[i] -= back * strides[i];
        }
    }
}
