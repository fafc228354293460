using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>for free, blocks of a row { for contracted { row (+)= product of rows } }</c>, or the sum of a product of rows; see <see cref="ComplexShape"/>. Operands that have no neighbours along rows are
/// copied, and products of more than two rows made two at a time, in memory that stays in L1.
/// </summary>
sealed unsafe class ComplexKernel<V, S> : RangeKernel where V : struct where S : struct, ISimd<double, V>
{
    const int BlockNumbers = 256, NumberBytes = 2 * sizeof(double);

    readonly Odometer _free, _contracted;
    readonly bool _isSum, _isConjugated, _hasScratch, _blocksOutside;
    readonly long _count, _blocks, _steps;
    readonly nint[] _strides, _stepStrides; // in bytes, along rows and from row to row
    readonly bool[] _conjugated;
    readonly int[] _single, _rows; // operands of one number along a row, and the others
    readonly PairSigns<V> _signs; // of the last product of a term
    readonly V _sumSigns;

    internal ComplexKernel(KernelPlan plan) : this(plan, ComplexShape.Of(plan)) { }

    ComplexKernel(KernelPlan plan, ComplexShape shape) : this(plan, shape, new Odometer(plan, shape.Free), shape.IsSum || shape.Row is null ? 1 : (shape.Row.Extent + BlockNumbers - 1) / BlockNumbers) { }

    ComplexKernel(KernelPlan plan, ComplexShape shape, Odometer free, long blocks) : base(free.Count * blocks, plan.Iterations * plan.Operands.Length / (free.Count * blocks))
    {
        var operands = plan.Operands.Length;
        (_free, _blocks, _contracted, _isSum) = (free, blocks, new Odometer(plan, shape.Contracted), shape.IsSum);
        (_count, _steps) = (shape.Row?.Extent ?? 1, shape.Steps?.Extent ?? 1);
        _strides = shape.Row is null ? new nint[operands + 1] : Odometer.ByteStrides(plan, shape.Row);
        _stepStrides = shape.Steps is null ? new nint[operands + 1] : Odometer.ByteStrides(plan, shape.Steps);
        // Where rows are read again for other rows of the result, a block of each stays in the caches meanwhile.
        _blocksOutside = blocks > 1 && plan.Iterations > free.Count * (double)_count && shape.Free.Any(loop => loop.Strides[..^1].Contains(0));
        _conjugated = [.. plan.Operands.Select(operand => operand.Map == Elementwise.Conjugate)];
        _isConjugated = plan.Result.Map == Elementwise.Conjugate;
        _single = [.. Enumerable.Range(0, operands).Where(operand => _strides[operand] == 0)];
        _rows = [.. Enumerable.Range(0, operands).Where(operand => _strides[operand] != 0)];
        var isScaled = _rows.Length == 1 && _single.Length > 0;
        var left = isScaled ? _single.Length == 1 && _conjugated[_single[0]] : _rows.Length == 2 && _single.Length == 0 && _conjugated[_rows[0]];
        _signs = new PairSigns<V>(left, _rows.Length > 0 && _conjugated[_rows[^1]], _isConjugated);
        _sumSigns = Pairs.Repeat<V>(1, (_rows.Length > 0 && _conjugated[_rows[^1]]) == _isConjugated ? 1 : -1);
        _hasScratch = operands > 2 || _rows.Length == 0 || _strides.Any(stride => stride is not (0 or NumberBytes)) || (_single.Length > 0 && _rows.Length != 1);
    }

    protected override void Run(nint* addresses, long from, long to)
    {
        // The result's row, that of a product, and one of each operand.
        var scratch = _hasScratch ? NativePool.Rent((long)(_conjugated.Length + 2) * BlockNumbers * NumberBytes) : default;
        try
        {
            Run(addresses, from, to, (double*)scratch.Address);
        }
        finally
        {
            if (scratch.Address is not null) NativePool.Return(scratch);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Run(nint* addresses, long from, long to, double* scratch)
    {
        var tensors = _strides.Length;
        nint* current = stackalloc nint[tensors], row = stackalloc nint[tensors];
        var indices = stackalloc long[_free.Rank + _contracted.Rank];
        new Span<long>(indices, _contracted.Rank).Clear();
        new Span<nint>(addresses, tensors).CopyTo(new(current, tensors));
        var (block, position) = _blocksOutside ? Math.DivRem(from, _free.Count) : (from % _blocks, from / _blocks);
        _free.Seek(position, indices + _contracted.Rank, current);
        for (; from < to; from++)
        {
            var first = (nint)block * BlockNumbers;
            for (var tensor = 0; tensor < tensors; tensor++) row[tensor] = current[tensor] + first * _strides[tensor];
            if (_isSum) Total(row, indices, scratch).Store((double*)current[tensors - 1]);
            else Row(row, indices, Math.Min(_count - first, BlockNumbers), scratch);
            if (_blocksOutside)
            {
                // After its last position the odometer is at its first.
                _free.Next(indices + _contracted.Rank, current);
                if (++position < _free.Count) continue;
                position = 0;
                block++;
            }
            else if (++block == _blocks)
            {
                block = 0;
                _free.Next(indices + _contracted.Rank, current);
            }
        }
    }

    /// <summary>A block of a row of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row(nint* addresses, long* indices, long count, double* scratch)
    {
        var (result, stride) = (addresses[_conjugated.Length], _strides[^1]);
        var isInPlace = stride == NumberBytes || _count == 1;
        var to = isInPlace ? (double*)result : scratch;
        for (var i = 0L; i < _contracted.Count; i++)
        {
            Term(addresses, count, to, i > 0, scratch);
            if (_contracted.Count > 1) _contracted.Next(indices, addresses);
        }
        if (!isInPlace) Copy((nint)to, NumberBytes, result, stride, count);
    }

    /// <summary>Adds a product of rows, over the steps, to a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Term(nint* addresses, long count, double* to, bool adds, double* scratch)
    {
        if (_rows.Length == 1 && _single.Length == 0)
        {
            var row = Operand(_rows[0], addresses, count, scratch);
            PairRows<V, S>.Sum(row, Step(_rows[0]), _steps, _sumSigns, to, count, adds);
        }
        else if (_rows.Length == 1 && _single.Length == 1)
        {
            var row = Operand(_rows[0], addresses, count, scratch);
            PairRows<V, S>.Scale((double*)addresses[_single[0]], Step(_single[0]), row, Step(_rows[0]), _steps, _signs, to, count, adds);
        }
        else if (_rows.Length == 1)
        {
            var factor = Single(addresses);
            PairRows<V, S>.Scale((double*)&factor, 0, Operand(_rows[0], addresses, count, scratch), 0, 1, _signs, to, count, adds);
        }
        else if (_rows.Length > 1)
        {
            var left = Left(addresses, count, scratch);
            PairRows<V, S>.Multiply(left, Step(_rows[0]), Operand(_rows[^1], addresses, count, scratch), Step(_rows[^1]), _steps, _signs, to, count, adds);
        }
        else
        {
            var product = Product(scratch);
            new Span<Complex>(product, (int)count).Fill(Single(addresses));
            PairRows<V, S>.Sum(product, 0, 1, _sumSigns, to, count, adds);
        }
    }

    /// <summary>The sum of products along whole rows, where rows are copied a block at a time.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    Vector128<double> Total(nint* addresses, long* indices, double* scratch)
    {
        if (!_hasScratch && _contracted.Count == 1) return Total(addresses, _count, scratch);
        var total = Vector128<double>.Zero;
        var row = stackalloc nint[_strides.Length];
        var most = _hasScratch ? BlockNumbers : _count;
        for (var i = 0L; i < _contracted.Count; i++)
        {
            for (var first = 0L; first < _count; first += most)
            {
                for (var tensor = 0; tensor < _strides.Length; tensor++) row[tensor] = addresses[tensor] + (nint)first * _strides[tensor];
                total += Total(row, Math.Min(_count - first, most), scratch);
            }
            if (_contracted.Count > 1) _contracted.Next(indices, addresses);
        }
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    Vector128<double> Total(nint* addresses, long count, double* scratch)
    {
        if (_rows.Length > 1) return PairRows<V, S>.Dot(Left(addresses, count, scratch), Operand(_rows[^1], addresses, count, scratch), _signs, count);
        var factor = _single.Length == 0 ? Complex.One : Single(addresses);
        if (_isConjugated) factor = Complex.Conjugate(factor);
        if (_rows.Length == 0) return Vector128.Create(factor.Real, factor.Imaginary) * (double)count;
        var sum = PairRows<V, S>.Sum(Operand(_rows[0], addresses, count, scratch), _sumSigns, count);
        if (_single.Length == 0) return sum;
        // As where a label of one operand alone is summed up first, the sum is multiplied.
        var product = new Complex(sum[0], sum[1]) * factor;
        return Vector128.Create(product.Real, product.Imaginary);
    }

    /// <summary>The product of all rows but the last, and of the numbers beside them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double* Left(nint* addresses, long count, double* scratch)
    {
        double* left = Operand(_rows[0], addresses, count, scratch), product = Product(scratch);
        var isConjugated = _conjugated[_rows[0]];
        if (_single.Length > 0)
        {
            var factor = Single(addresses);
            PairRows<V, S>.Scale((double*)&factor, 0, left, 0, 1, new PairSigns<V>(false, isConjugated, false), product, count, false);
            left = product;
            isConjugated = false;
        }
        for (var i = 1; i < _rows.Length - 1; i++)
        {
            var right = Operand(_rows[i], addresses, count, scratch);
            PairRows<V, S>.Multiply(left, 0, right, 0, 1, new PairSigns<V>(isConjugated, _conjugated[_rows[i]], false), product, count, false);
            left = product;
            isConjugated = false;
        }
        return left;
    }

    /// <summary>The product of the operands that are one number along the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    Complex Single(nint* addresses)
    {
        var product = Complex.One;
        foreach (var operand in _single)
        {
            var number = *(Complex*)addresses[operand];
            if (_conjugated[operand]) number = Complex.Conjugate(number);
            product = operand == _single[0] ? number : product * number;
        }
        return product;
    }

    /// <summary>An operand's row: where it lies, or its copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double* Operand(int operand, nint* addresses, long count, double* scratch)
    {
        if (_strides[operand] == NumberBytes) return (double*)addresses[operand];
        var copy = scratch + (nint)(operand + 2) * BlockNumbers * 2;
        Copy(addresses[operand], _strides[operand], (nint)copy, NumberBytes, count);
        return copy;
    }

    static double* Product(double* scratch) => scratch + BlockNumbers * 2;

    /// <summary>How many doubles an operand moves from step to step.</summary>
    nint Step(int operand) => _stepStrides[operand] / sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(nint from, nint fromStride, nint to, nint toStride, long count)
    {
        for (; count > 0; count--, from += fromStride, to += toStride) Vector128.Load((double*)from).Store((double*)to);
    }
}
