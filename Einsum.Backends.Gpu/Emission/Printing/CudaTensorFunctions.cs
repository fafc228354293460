namespace EinsumNet.Backends.Gpu;

/// <summary>CUDA's instructions that have no name in C: inline PTX, for sm_80 and later.</summary>
static class CudaTensorFunctions
{
    internal static string? Text(string name) => name switch
    {
        "mma_f16" => Mma16("f16"),
        "mma_bf16" => Mma16("bf16"),
        "mma_tf32" => """
            FUNCTION void mma_tf32(f32 *s, const u32 *x, const u32 *y)
            {
                asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                    : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3]) : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
            }

            """,
        "mma_f64" => """
            FUNCTION void mma_f64(f64 *s, const f64 *x, const f64 *y)
            {
                asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};" : "+d"(s[0]), "+d"(s[1]) : "d"(x[0]), "d"(y[0]));
            }

            """,
        "tf32_of" => """
            FUNCTION u32 tf32_of(f32 x) { u32 bits; asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x)); return bits; }

            """,
        "bf16x2_of" => """
            FUNCTION u32 bf16x2_of(f32 low, f32 high) { u32 bits; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low)); return bits; }

            """,
        "copy_async" => """
            template <int bytes> FUNCTION void copy_async(void *to, const void *from, u32 valid)
            {
                u32 place = (u32)__cvta_generic_to_shared(to);
                asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" :: "r"(place), "l"(from), "n"(bytes), "r"(valid) : "memory");
            }
            FUNCTION void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
            template <int pending> FUNCTION void wait_copies() { asm volatile("cp.async.wait_group %0;" :: "n"(pending) : "memory"); }

            """,
        _ => null,
    };

    static string Mma16(string type) => $$"""
        FUNCTION void mma_{{type}}(f32 *s, const u32 *x, const u32 *y)
        {
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.{{type}}.{{type}}.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3]) : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
        }

        """;
}
