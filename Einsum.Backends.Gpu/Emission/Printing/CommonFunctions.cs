namespace EinsumNet.Backends.Gpu;

/// <summary>Functions whose text is the same in every dialect.</summary>
static class CommonFunctions
{
    internal static string Text(string name) => name switch
    {
        "add_c128" => """
            FUNCTION c128 add_c128(c128 x, c128 y) { return make_c128(x.x + y.x, x.y + y.y); }

            """,
        "mul_c128" => """
            FUNCTION c128 mul_c128(c128 x, c128 y) { return make_c128(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x); }

            """,
        "fma_c128" => """
            FUNCTION c128 fma_c128(c128 x, c128 y, c128 s) { return make_c128(s.x + (x.x * y.x - x.y * y.y), s.y + (x.x * y.y + x.y * y.x)); }

            """,
        "conj_c128" => """
            FUNCTION c128 conj_c128(c128 x) { return make_c128(x.x, -x.y); }

            """,
        _ => throw new InvalidOperationException($"No text for the function {name}."),
    };
}
