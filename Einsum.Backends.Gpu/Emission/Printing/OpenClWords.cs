namespace EinsumNet.Backends.Gpu;

/// <summary>The prologue of OpenCL C 1.2.</summary>
static class OpenClWords
{
    internal static string Text(PrologueUses uses) => (uses.Double ? "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" : "") + """
        #define KERNEL(threads) __kernel __attribute__((reqd_work_group_size(threads, 1, 1))) void
        #define FUNCTION inline
        #define GLOBAL __global
        #define LOCAL __local
        #define LOCAL_ARRAY(type, name, length, at) __local __attribute__((aligned(16))) type name[length]
        #define RESTRICT restrict
        #define UNROLL _Pragma("unroll")
        #define THREAD ((idx)get_local_id(0))
        #define GROUP ((idx)get_group_id(0))
        #define GROUPS ((idx)get_num_groups(0))
        #define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
        typedef char i8;
        typedef uchar u8;
        typedef uchar b8;
        typedef short i16;
        typedef ushort u16;
        typedef ushort f16;
        typedef int i32;
        typedef uint u32;
        typedef long i64;
        typedef ulong u64;
        typedef float f32;

        """ + (uses.Double ? "typedef double f64;\n" : "") + (uses.Complex ? "typedef double2 c128;\n#define make_c128(re, im) ((double2)(re, im))\n" : "");

    internal static string Function(string name) => name switch
    {
        "load_f16" => "#define load_f16(p, i) vload_half(i, (GLOBAL const half *)(p))\n",
        "store_f16_f32" => "#define store_f16_f32(p, i, x) vstore_half_rte((f32)(x), i, (GLOBAL half *)(p))\n",
        "store_f16_f64" => "#define store_f16_f64(p, i, x) vstore_half_rte((f64)(x), i, (GLOBAL half *)(p))\n",
        "fma_f32" => "#define fma_f32(x, y, s) fma(x, y, s)\n",
        "fma_f64" => "#define fma_f64(x, y, s) fma(x, y, s)\n",
        "bits_f32" => "#define bits_f32(x) as_float(x)\n",
        "bits_f64" => "#define bits_f64(x) as_double((u64)(x))\n",
        "load_run_f32" => "#define load_run_f32(to, from) vstore4(*(LOCAL const float4 *)(from), 0, to)\n",
        "load_run_f64" => "#define load_run_f64(to, from) vstore2(*(LOCAL const double2 *)(from), 0, to)\n",
        _ => ElementFunctionText.OpenCl(name) ?? ComplexFunctionText.Of(name) ?? CommonFunctions.Text(name),
    };
}
