using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>The copy of a <see cref="PartsShape"/>: rows of complex numbers on one side, on the other two rows of doubles each, of numbers as they are and with their parts exchanged, and signs.</summary>
sealed unsafe class PartsRows<V, S> : RangeKernel where V : struct where S : struct, ISimd<double, V>
{
    readonly Odometer _outer;
    readonly long _count;
    readonly nint _stride, _second;
    readonly V _first, _swapped;
    readonly bool _isResult;

    internal PartsRows(PartsShape shape, long block) : this(shape, shape.InnerExtent(block), shape.Rows(block)) { }

    PartsRows(PartsShape shape, long count, KernelPlan rows) : this(shape, count, new Odometer(rows, rows.Loops)) { }

    PartsRows(PartsShape shape, long count, Odometer outer) : base(outer.Count, 4 * count)
    {
        var signs = shape.Signs;
        (_outer, _count, _isResult) = (outer, count, shape.Copied == shape.Plan.Operands.Length);
        (_stride, _second) = ((nint)shape.Inner.Strides[shape.Copied] * 2, (nint)(2 * count));
        (_first, _swapped) = (Pairs.Repeat<V>(1, signs.First), Pairs.Repeat<V>(signs.Swapped.Left, signs.Swapped.Right));
    }

    protected override void Run(nint* addresses, long from, long to)
    {
        var indices = stackalloc long[_outer.Rank];
        var current = stackalloc nint[2] { addresses[0], addresses[1] };
        _outer.Seek(from, indices, current);
        for (; from < to; from++, _outer.Next(indices, current))
        {
            if (_isResult) Join((double*)current[0], (double*)current[1]);
            else Part((double*)current[0], (double*)current[1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Part(double* from, double* to)
    {
        var i = 0L;
        if (_stride == 2)
        {
            for (; i <= _count - S.Count / 2; i += S.Count / 2, from += S.Count, to += S.Count)
            {
                var numbers = S.Load(from);
                S.Store(to, S.Multiply(numbers, _first));
                S.Store(to + _second, S.Multiply(Pairs.Swap(numbers), _swapped));
            }
        }
        var (first, swapped) = (Pair(_first), Pair(_swapped));
        for (; i < _count; i++, from += _stride, to += 2)
        {
            var number = Vector128.Load(from);
            (number * first).Store(to);
            (Pairs.Swap(number) * swapped).Store(to + _second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Join(double* from, double* to)
    {
        var i = 0L;
        if (_stride == 2)
            for (; i <= _count - S.Count / 2; i += S.Count / 2, from += S.Count, to += S.Count)
                S.Store(to, S.Add(S.Multiply(S.Load(from), _first), S.Multiply(Pairs.Swap(S.Load(from + _second)), _swapped)));
        var (first, swapped) = (Pair(_first), Pair(_swapped));
        for (; i < _count; i++, from += 2, to += _stride)
            (Vector128.Load(from) * first + Pairs.Swap(Vector128.Load(from + _second)) * swapped).Store(to);
    }

    static Vector128<double> Pair(V repeated) => Unsafe.As<V, Vector128<double>>(ref repeated);
}
