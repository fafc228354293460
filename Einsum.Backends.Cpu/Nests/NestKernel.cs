using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for free { sum = 0; for contracted { sum += product of operands } out = sum }</c>, odometers around one tight loop: the innermost
/// contracted loop, or the innermost free one where nothing is contracted. The loops are optimised at once, because they may
/// run long before the runtime would replace them.
/// </summary>
sealed unsafe class NestKernel<TOperand, TValue, TResult, TAlgebra> : RangeKernel
    where TOperand : unmanaged where TValue : unmanaged where TResult : unmanaged where TAlgebra : struct, IAlgebra<TOperand, TValue, TResult>
{
    readonly Odometer _free, _contracted;
    readonly Elementwise[] _maps;
    readonly Elementwise _resultMap;
    readonly nint[] _strides; // of the innermost loop, bytes
    readonly long _extent;
    readonly bool _sums;

    internal NestKernel(KernelPlan plan) : this(plan, FreeLoops(plan), LoopOrder.Sort(plan.LoopsOf(LoopRole.Contracted))) { }

    NestKernel(KernelPlan plan, Loop[] free, Loop[] contracted) : this(plan, contracted.Length > 0 ? contracted[^1] : free.Length > 0 ? free[^1] : null,
        new Odometer(plan, contracted.Length > 0 ? free : free.SkipLast(1).ToArray()), new Odometer(plan, contracted.SkipLast(1).ToArray()))
        => _sums = contracted.Length > 0;

    NestKernel(KernelPlan plan, Loop? innermost, Odometer free, Odometer contracted)
        : base(free.Count, (double)contracted.Count * (innermost?.Extent ?? 1) * Math.Max(plan.Operands.Length, 1))
    {
        (_free, _contracted) = (free, contracted);
        _maps = [.. plan.Operands.Select(operand => operand.Map)];
        _resultMap = plan.Result.Map;
        _extent = innermost?.Extent ?? 1;
        _strides = innermost is null ? new nint[plan.Operands.Length + 1] : Odometer.ByteStrides(plan, innermost);
    }

    static Loop[] FreeLoops(KernelPlan plan) => LoopOrder.Sort(plan.Loops.Where(loop => loop.Role != LoopRole.Contracted));

    protected override void Run(nint* addresses, long from, long to)
    {
        var (count, rank) = (_strides.Length, _contracted.Rank);
        var current = stackalloc nint[2 * count];
        var indices = stackalloc long[_free.Rank + rank];
        new Span<long>(indices, rank).Clear();
        new Span<nint>(addresses, count).CopyTo(new(current, count));
        _free.Seek(from, indices + rank, current);
        for (var i = from; i < to; i++)
        {
            if (_sums) *(TResult*)current[count - 1] = TAlgebra.Write(Sum(current, indices, current + count), _resultMap);
            else Products(current, current + count);
            _free.Next(indices + rank, current);
        }
    }

    TValue Sum(nint* addresses, long* indices, nint* scratch)
    {
        var sum = TAlgebra.Zero;
        for (var i = 0L; i < _contracted.Count; i++)
        {
            sum = _maps.Length switch
            {
                1 => Sum1(addresses, sum),
                2 => Sum2(addresses, sum),
                _ => SumN(addresses, scratch, sum),
            };
            _contracted.Next(indices, addresses);
        }
        return sum;
    }

    void Products(nint* addresses, nint* scratch)
    {
        switch (_maps.Length)
        {
            case 0: Fill(addresses); break;
            case 1: Copy(addresses); break;
            case 2: Products2(addresses); break;
            default: ProductsN(addresses, scratch); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    TValue Sum1(nint* addresses, TValue sum)
    {
        var (a, aStride, aMap) = (addresses[0], _strides[0], _maps[0]);
        for (var i = _extent; i > 0; i--, a += aStride) sum = TAlgebra.Add(sum, TAlgebra.Read(*(TOperand*)a, aMap));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    TValue Sum2(nint* addresses, TValue sum)
    {
        var (a, aStride, aMap) = (addresses[0], _strides[0], _maps[0]);
        var (b, bStride, bMap) = (addresses[1], _strides[1], _maps[1]);
        for (var i = _extent; i > 0; i--, a += aStride, b += bStride)
            sum = TAlgebra.Add(sum, TAlgebra.Multiply(TAlgebra.Read(*(TOperand*)a, aMap), TAlgebra.Read(*(TOperand*)b, bMap)));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    TValue SumN(nint* addresses, nint* scratch, TValue sum)
    {
        new Span<nint>(addresses, _strides.Length).CopyTo(new(scratch, _strides.Length));
        for (var i = _extent; i > 0; i--) sum = TAlgebra.Add(sum, ProductN(scratch));
        return sum;
    }

    void Fill(nint* addresses)
    {
        var (result, stride, zero) = (addresses[0], _strides[0], TAlgebra.Write(TAlgebra.Zero, _resultMap));
        for (var i = _extent; i > 0; i--, result += stride) *(TResult*)result = zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy(nint* addresses)
    {
        var (a, aStride, aMap) = (addresses[0], _strides[0], _maps[0]);
        var (result, stride) = (addresses[1], _strides[1]);
        for (var i = _extent; i > 0; i--, a += aStride, result += stride)
            *(TResult*)result = TAlgebra.Write(TAlgebra.Read(*(TOperand*)a, aMap), _resultMap);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Products2(nint* addresses)
    {
        var (a, aStride, aMap) = (addresses[0], _strides[0], _maps[0]);
        var (b, bStride, bMap) = (addresses[1], _strides[1], _maps[1]);
        var (result, stride) = (addresses[2], _strides[2]);
        for (var i = _extent; i > 0; i--, a += aStride, b += bStride, result += stride)
            *(TResult*)result = TAlgebra.Write(TAlgebra.Multiply(TAlgebra.Read(*(TOperand*)a, aMap), TAlgebra.Read(*(TOperand*)b, bMap)), _resultMap);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ProductsN(nint* addresses, nint* scratch)
    {
        new Span<nint>(addresses, _strides.Length).CopyTo(new(scratch, _strides.Length));
        var (result, stride) = (addresses[_maps.Length], _strides[^1]);
        for (var i = _extent; i > 0; i--, result += stride) *(TResult*)result = TAlgebra.Write(ProductN(scratch), _resultMap);
    }

    /// <summary>The product at the addresses, which then move on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TValue ProductN(nint* addresses)
    {
        var product = TAlgebra.Read(*(TOperand*)addresses[0], _maps[0]);
        addresses[0] += _strides[0];
        for (var i = 1; i < _maps.Length; i++)
        {
            product = TAlgebra.Multiply(product, TAlgebra.Read(*(TOperand*)addresses[i], _maps[i]));
            addresses[i] += _strides[i];
        }
        return product;
    }
}
