using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>The kernels for blocks of one length of a <see cref="PartsShape"/>: the copy, and the product of doubles.</summary>
sealed unsafe class PartsPart(PartsShape shape, long block, int simdBits, Func<KernelPlan, CpuKernel> create)
{
    readonly CpuKernel _product = create(shape.Product(block)), _rows = simdBits switch
    {
        128 => new PartsRows<Vector128<double>, Simd128<double>>(shape, block),
        256 => new PartsRows<Vector256<double>, Simd256<double>>(shape, block),
        _ => new PartsRows<Vector512<double>, Simd512<double>>(shape, block),
    };

    readonly int _copied = shape.Copied;

    internal void Run(nint* addresses, nint copy, CpuContext context)
    {
        nint* product = stackalloc nint[] { addresses[0], addresses[1], addresses[2] }, rows = stackalloc nint[] { addresses[_copied], copy };
        product[_copied] = copy;
        if (_copied < 2)
        {
            _rows.Run(rows, context);
            _product.Run(product, context);
            return;
        }
        _product.Run(product, context);
        (rows[0], rows[1]) = (rows[1], rows[0]);
        _rows.Run(rows, context);
    }
}
