using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// A cuBLAS that multiplies as its documentation says: column-major, leading dimensions, transposed or not. Unless it is told not to, it rounds the parts of a sum of halves.
/// </summary>
sealed unsafe class FakeCuBlas : ICuBlas
{
    const int SumsInArithmetic = 16;

    int _mode;

    internal int Products { get; private set; }

    internal int Handles { get; private set; }

    internal int Failure { get; init; }

    internal int StreamFailure { get; init; }

    internal int DestroyFailure { get; init; }

    internal int ProductFailure { get; init; }

    /// <summary>How many products of halves were written as floats.</summary>
    internal int Widened { get; private set; }

    /// <summary>The arithmetic of the last product, by cublasComputeType_t.</summary>
    internal int Arithmetic { get; private set; }

    public int Create(out nint handle)
    {
        handle = 7;
        Handles++;
        return Failure;
    }

    public int Destroy(nint handle)
    {
        Handles--;
        return DestroyFailure;
    }

    public int SetStream(nint handle, nint stream) => StreamFailure;

    public int SetMathMode(nint handle, int mode)
    {
        _mode = mode;
        return 0;
    }

    public int GemmStridedBatchedEx(
        nint handle, int operationA, int operationB, int m, int n, int k, void* alpha, nint a, int typeA, int leadingA, long strideA, nint b, int typeB, int leadingB, long strideB,
        void* beta, nint c, int typeC, int leadingC, long strideC, int batches, int arithmetic, int algorithm)
    {
        if (ProductFailure != 0) return ProductFailure;
        (Products, Arithmetic) = (Products + 1, arithmetic);
        if ((typeA, typeC) == (2, 0)) Widened++;
        if (leadingA < (operationA == 0 ? m : k) || leadingB < (operationB == 0 ? k : n) || leadingC < m) return 7;
        // What the factors alpha and beta are goes by the arithmetic, and that by the matrices: float in float or rounded, double in double, half in float.
        if (!(typeA == 1 ? arithmetic == 70 : typeA == 0 ? arithmetic is 68 or 75 or 77 : arithmetic == 68) || typeB != typeA || typeC != typeA && (typeA, typeC) != (2, 0)) return 15;
        if (arithmetic == 70 ? *(double*)alpha != 1 || *(double*)beta != 0 : *(float*)alpha != 1 || *(float*)beta != 0) return 7;
        for (var batch = 0; batch < batches; batch++)
            for (var column = 0; column < n; column++)
                for (var row = 0; row < m; row++)
                {
                    var sum = 0.0;
                    for (var i = 0; i < k; i++)
                    {
                        if (typeA == 2 && _mode != SumsInArithmetic && i == k / 2) sum = (double)(Half)sum;
                        sum += Read(a, typeA, batch * strideA + (operationA == 0 ? (long)i * leadingA + row : (long)row * leadingA + i))
                            * Read(b, typeB, batch * strideB + (operationB == 0 ? (long)column * leadingB + i : (long)i * leadingB + column));
                    }
                    var at = batch * strideC + (long)column * leadingC + row;
                    if (typeC == 0) ((float*)c)[at] = (float)sum;
                    else if (typeC == 1) ((double*)c)[at] = sum;
                    else ((Half*)c)[at] = (Half)(float)sum;
                }
        return 0;
    }

    static double Read(nint memory, int type, long at) => type == 0 ? ((float*)memory)[at] : type == 1 ? ((double*)memory)[at] : (double)((Half*)memory)[at];
}
