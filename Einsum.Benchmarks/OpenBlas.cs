using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Benchmarks;

/// <summary>The rival: Debian's libopenblas0-pthread.</summary>
static unsafe partial class OpenBlas
{
    const string Library = "libopenblas.so.0", CoreTypeVariable = "OPENBLAS_CORETYPE", CoreType = "SkylakeX";
    const int RowMajor = 101, NoTranspose = 111, Transposed = 112;

    /// <summary>Why it cannot be called, or null.</summary>
    internal static string? Missing { get; } = Load()
        ? null
        : $"{Library} is not installed, so only our figures are shown (apt-get install libopenblas0-pthread).";

    internal static string Version => Marshal.PtrToStringUTF8(GetConfig())!;

    /// <summary><c>ij,jk->ik</c>, row-major; a transposed operand is stored <c>ji</c> or <c>kj</c>.</summary>
    internal static void Multiply<T>(int rows, int columns, int depth, bool transposeA, bool transposeB, T* a, T* b, T* c) where T : unmanaged
    {
        var (layoutA, layoutB) = (transposeA ? Transposed : NoTranspose, transposeB ? Transposed : NoTranspose);
        var (strideA, strideB) = (transposeA ? rows : depth, transposeB ? depth : columns);
        if (typeof(T) == typeof(float))
            Sgemm(RowMajor, layoutA, layoutB, rows, columns, depth, 1, (float*)a, strideA, (float*)b, strideB, 0, (float*)c, columns);
        else
            Dgemm(RowMajor, layoutA, layoutB, rows, columns, depth, 1, (double*)a, strideA, (double*)b, strideB, 0, (double*)c, columns);
    }

    /// <summary>
    /// The rival at its best, in a process to be started: on processors younger than itself it falls back to kernels of fewer registers or of SSE, and machines set
    /// <c>OPENBLAS_CORETYPE</c> and <c>OPENBLAS_L2_SIZE</c> for reproducible bits, so where there is AVX-512 the first is overruled, the second everywhere.
    /// </summary>
    internal static void SetAtItsBest(IDictionary<string, string?> environment)
    {
        environment.Remove("OPENBLAS_L2_SIZE");
        environment.Remove(CoreTypeVariable);
        if (Avx512F.IsSupported) environment[CoreTypeVariable] = CoreType;
    }

    /// <summary>The same for this process: OpenBLAS reads the C library's environment, which .NET's setter does not reach.</summary>
    static bool Load()
    {
        if (OperatingSystem.IsLinux())
        {
            if (Avx512F.IsSupported) _ = SetEnvironment(CoreTypeVariable, CoreType, overwrite: 1);
            _ = UnsetEnvironment("OPENBLAS_L2_SIZE");
        }

        return NativeLibrary.TryLoad(Library, out _);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    internal static partial void SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "openblas_get_config")]
    private static partial nint GetConfig();

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order, int layoutA, int layoutB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport(Library, EntryPoint = "cblas_dgemm")]
    private static partial void Dgemm(
        int order, int layoutA, int layoutB, int m, int n, int k, double alpha, double* a, int lda, double* b, int ldb, double beta, double* c, int ldc);
}
