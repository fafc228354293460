using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>cuBLAS itself.</summary>
sealed unsafe partial class CuBlasLibrary : ICuBlas
{
    const string Library = NativeLibraries.CuBlas;

    int ICuBlas.Create(out nint handle) => cublasCreate_v2(out handle);

    int ICuBlas.Destroy(nint handle) => cublasDestroy_v2(handle);

    int ICuBlas.SetStream(nint handle, nint stream) => cublasSetStream_v2(handle, stream);

    int ICuBlas.SetMathMode(nint handle, int mode) => cublasSetMathMode(handle, mode);

    int ICuBlas.GemmStridedBatchedEx(
        nint handle, int operationA, int operationB, int m, int n, int k, void* alpha, nint a, int typeA, int leadingA, long strideA, nint b, int typeB, int leadingB, long strideB,
        void* beta, nint c, int typeC, int leadingC, long strideC, int batches, int arithmetic, int algorithm) =>
        cublasGemmStridedBatchedEx(
            handle, operationA, operationB, m, n, k, alpha, a, typeA, leadingA, strideA, b, typeB, leadingB, strideB, beta, c, typeC, leadingC, strideC, batches, arithmetic, algorithm);

    [LibraryImport(Library)] private static partial int cublasCreate_v2(out nint handle);

    [LibraryImport(Library)] private static partial int cublasDestroy_v2(nint handle);

    [LibraryImport(Library)] private static partial int cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport(Library)] private static partial int cublasSetMathMode(nint handle, int mode);

    [LibraryImport(Library)]
    private static partial int cublasGemmStridedBatchedEx(
        nint handle, int operationA, int operationB, int m, int n, int k, void* alpha, nint a, int typeA, int leadingA, long strideA, nint b, int typeB, int leadingB, long strideB,
        void* beta, nint c, int typeC, int leadingC, long strideC, int batches, int arithmetic, int algorithm);
}
