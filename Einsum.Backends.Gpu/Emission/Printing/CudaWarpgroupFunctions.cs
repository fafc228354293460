namespace EinsumNet.Backends.Gpu;

/// <summary>Instructions of warpgroups: inline PTX, for sm_90a.</summary>
static class CudaWarpgroupFunctions
{
    internal static string? Text(string name) => name == "wgmma" ? s_common
        : name.StartsWith("settle_", StringComparison.Ordinal) ? Settle(int.Parse(name["settle_".Length..], System.Globalization.CultureInfo.InvariantCulture))
        : name.StartsWith("wgmma_", StringComparison.Ordinal) && name.Split('_') is [_, var type, var columns, [_, var x, var y]] ? Product(type, int.Parse(columns[1..], System.Globalization.CultureInfo.InvariantCulture), x, y)
        : null;

    /// <summary>
    /// A descriptor: the address in units of 16 bytes, from bit 16 on the same of the way from 64 rows or columns to the next where lines lie across the depth, from bit 32 on of the way from
    /// eight lines to the next eight, and in bits 62 and 63 the swizzle, 1 for that of 128 bytes.
    /// </summary>
    static readonly string s_common = """
        FUNCTION u64 wgmma_tile(const void *at, u32 leading) { return ((u64)__cvta_generic_to_shared(at) & 0x3ffff) >> 4 | (u64)leading << 16 | (u64)64 << 32 | (u64)1 << 62; }
        FUNCTION void start_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
        FUNCTION void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
        template <int pending> FUNCTION void wait_products() { asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(pending) : "memory"); }
        FUNCTION void show_to_tensor_cores() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

        """;

    /// <summary>
    /// Names the sums: what the compiler does with them stays before products that are started behind it, and behind a wait before it, for a product that is under way writes registers that
    /// nothing but its own instruction says it writes.
    /// </summary>
    static string Settle(int sums) => $$"""
        FUNCTION void settle_{{sums}}(f32 *s) { asm volatile("" : {{List(sums, i => $"\"+f\"(s[{i}])")}} :: "memory"); }

        """;

    static string Product(string type, int columns, char x, char y)
    {
        var sums = columns / 2;
        var (depth, transposes) = type == "tf32" ? (8, "") : (16, $", {x}, {y}");
        return $$"""
            FUNCTION void wgmma_{{type}}_n{{columns}}_t{{x}}{{y}}(f32 *s, u64 x, u64 y)
            {
                asm volatile("wgmma.mma_async.sync.aligned.m64n{{columns}}k{{depth}}.f32.{{type}}.{{type}} {{{List(sums, i => $"%{i}")}}}, %{{sums}}, %{{sums + 1}}, 1, 1, 1{{transposes}};"
                    : {{List(sums, i => $"\"+f\"(s[{i}])")}} : "l"(x), "l"(y));
            }

            """;
    }

    static string List(int count, Func<int, string> each) => string.Join(", ", Enumerable.Range(0, count).Select(each));
}
