namespace EinsumNet.Backends.Gpu;

/// <summary>What stands before a kernel's body, so that one body compiles in both dialects.</summary>
static class Prologue
{
    internal static string For(KernelDialect dialect, bool usesDouble) =>
        dialect == KernelDialect.OpenCL ? (usesDouble ? OpenClDouble : "") + OpenCl + (usesDouble ? Complex : "") : Cuda + Complex;

    const string OpenClDouble = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n";

    const string OpenCl = """
        typedef char e_sbyte; typedef uchar e_byte; typedef short e_short; typedef ushort e_ushort;
        typedef int e_int; typedef uint e_uint; typedef long e_long; typedef ulong e_ulong;
        #define E_KERNEL(threads) __kernel __attribute__((reqd_work_group_size(threads, 1, 1))) void
        #define E_GLOBAL __global
        #define E_FUNCTION static
        #define E_THREAD ((e_long)get_global_id(0))
        #define E_THREADS ((e_long)get_global_size(0))
        E_FUNCTION float e_read_half(E_GLOBAL const e_ushort* p) { return vload_half(0, (E_GLOBAL const half*)p); }
        E_FUNCTION void e_write_half(E_GLOBAL e_ushort* p, float x) { vstore_half_rte(x, 0, (E_GLOBAL half*)p); }

        """;

    const string Cuda = """
        typedef signed char e_sbyte; typedef unsigned char e_byte; typedef short e_short; typedef unsigned short e_ushort;
        typedef int e_int; typedef unsigned int e_uint; typedef long long e_long; typedef unsigned long long e_ulong;
        #define E_KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)
        #define E_GLOBAL
        #define E_FUNCTION static __device__ __forceinline__
        #define E_THREAD ((e_long)blockIdx.x * blockDim.x + threadIdx.x)
        #define E_THREADS ((e_long)gridDim.x * blockDim.x)
        E_FUNCTION float e_read_half(const e_ushort* p) { float x; asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(*p)); return x; }
        E_FUNCTION void e_write_half(e_ushort* p, float x) { e_ushort h; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x)); *p = h; }

        """;

    const string Complex = """
        typedef struct { double re, im; } e_complex;
        E_FUNCTION e_complex e_make(double re, double im) { e_complex z; z.re = re; z.im = im; return z; }
        E_FUNCTION e_complex e_conjugate(e_complex z) { z.im = -z.im; return z; }

        """;
}
