namespace EinsumNet.Backends.Gpu;

/// <summary>The prologue of CUDA C, which includes nothing: NVRTC has no headers to be found on every machine. A CUDA <c>long</c> is 32 bits on Windows, so none is used.</summary>
static class CudaWords
{
    /// <summary>What a kernel may declare of shared memory; beyond it, the launch asks for it.</summary>
    internal const int StaticLocalBytes = 48 * 1024;

    internal static string Text(PrologueUses uses, int localBytes, int alignment) => """
        #define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)
        #define FUNCTION __device__ __forceinline__
        #define GLOBAL
        #define LOCAL

        """ + (localBytes > StaticLocalBytes
        ? $$"""
        extern __shared__ __align__({{alignment}}) unsigned char local_memory[];
        #define LOCAL_ARRAY(type, name, length, at) type *name = (type *)(local_memory + at)

        """
        : $"#define LOCAL_ARRAY(type, name, length, at) __shared__ __align__({alignment}) type name[length]\n") + """
        #define RESTRICT __restrict__
        #define UNROLL _Pragma("unroll")
        #define THREAD ((idx)threadIdx.x)
        #define GROUP ((idx)blockIdx.x)
        #define GROUPS ((idx)gridDim.x)
        #define BARRIER() __syncthreads()
        typedef signed char i8;
        typedef unsigned char u8;
        typedef unsigned char b8;
        typedef short i16;
        typedef unsigned short u16;
        typedef unsigned short f16;
        typedef int i32;
        typedef unsigned int u32;
        typedef long long i64;
        typedef unsigned long long u64;
        typedef float f32;
        typedef double f64;

        """ + (uses.Complex ? "typedef double2 c128;\n#define make_c128(re, im) make_double2(re, im)\n" : "");

    internal static string Function(string name) => name switch
    {
        "load_f16" => """
            FUNCTION f32 load_f16(const f16 *p, idx i) { f32 x; asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(p[i])); return x; }

            """,
        "store_f16_f32" => """
            FUNCTION void store_f16_f32(f16 *p, idx i, f32 x) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(p[i]) : "f"(x)); }

            """,
        "store_f16_f64" => """
            FUNCTION void store_f16_f64(f16 *p, idx i, f64 x) { asm("cvt.rn.f16.f64 %0, %1;" : "=h"(p[i]) : "d"(x)); }

            """,
        "fma_f32" => "#define fma_f32(x, y, s) __fmaf_rn(x, y, s)\n",
        "fma_f64" => "#define fma_f64(x, y, s) __fma_rn(x, y, s)\n",
        "bits_f32" => "#define bits_f32(x) __int_as_float(x)\n",
        "bits_f64" => "#define bits_f64(x) __longlong_as_double(x)\n",
        "load_run_f32" => """
            FUNCTION void load_run_f32(f32 *to, const f32 *from) { float4 v = *(const float4 *)from; to[0] = v.x; to[1] = v.y; to[2] = v.z; to[3] = v.w; }

            """,
        "load_run_f64" => """
            FUNCTION void load_run_f64(f64 *to, const f64 *from) { double2 v = *(const double2 *)from; to[0] = v.x; to[1] = v.y; }

            """,
        _ => CudaTensorFunctions.Text(name) ?? CudaWarpgroupFunctions.Text(name) ?? ElementFunctionText.Cuda(name) ?? ComplexFunctionText.Of(name) ?? CommonFunctions.Text(name),
    };
}
