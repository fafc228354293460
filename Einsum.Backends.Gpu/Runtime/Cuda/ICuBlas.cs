namespace EinsumNet.Backends.Gpu;

/// <summary>The functions of cuBLAS that are used, by their names without <c>cublas</c>; each gives its code, 0 for success.</summary>
unsafe interface ICuBlas
{
    int Create(out nint handle);

    int Destroy(nint handle);

    int SetStream(nint handle, nint stream);

    int SetMathMode(nint handle, int mode);

    /// <summary><c>C[b] = alpha op(A[b]) op(B[b]) + beta C[b]</c>, all column-major: op(A) is m by k, op(B) k by n, and C m by n.</summary>
    int GemmStridedBatchedEx(
        nint handle, int operationA, int operationB, int m, int n, int k, void* alpha, nint a, int typeA, int leadingA, long strideA, nint b, int typeB, int leadingB, long strideB,
        void* beta, nint c, int typeC, int leadingC, long strideC, int batches, int arithmetic, int algorithm);
}
