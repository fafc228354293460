using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// The functions of complex elements of traced functions, the same in every dialect: over those of doubles, by the formulas of <see cref="System.Numerics.Complex"/>.
/// Null for names that are none of them.
/// </summary>
static class ComplexFunctionText
{
    internal static string? Of(string name) => Find(name)?.Text;

    /// <summary>The functions of doubles that it calls.</summary>
    internal static ImmutableArray<string> Needs(string name) => Find(name)?.Needs ?? [];

    static (string Text, ImmutableArray<string> Needs)? Find(string name) => name switch
    {
        "subtract_c128" => ("FUNCTION c128 subtract_c128(c128 x, c128 y) { return make_c128(x.x - y.x, x.y - y.y); }\n", []),
        "negate_c128" => ("FUNCTION c128 negate_c128(c128 x) { return make_c128(-x.x, -x.y); }\n", []),
        "equal_c128" => ("FUNCTION int equal_c128(c128 x, c128 y) { return x.x == y.x && x.y == y.y; }\n", []),
        "notequal_c128" => ("FUNCTION int notequal_c128(c128 x, c128 y) { return x.x != y.x || x.y != y.y; }\n", []),
        // As mul_c128, which may be contracted to fewer roundings.
        "multiply_c128" => ("""
            FUNCTION c128 multiply_c128(c128 x, c128 y) { return make_c128(mul_f64(x.x, y.x) - mul_f64(x.y, y.y), mul_f64(x.y, y.x) + mul_f64(x.x, y.y)); }

            """, ["mul_f64"]),
        // Smith's, whose squares do not overflow.
        "divide_c128" => ("""
            FUNCTION c128 divide_c128(c128 x, c128 y)
            {
                if (abs_f64(y.y) < abs_f64(y.x)) {
                    f64 r = y.y / y.x, d = y.x + mul_f64(y.y, r);
                    return make_c128((x.x + mul_f64(x.y, r)) / d, (x.y - mul_f64(x.x, r)) / d);
                }
                f64 r = y.x / y.y, d = y.y + mul_f64(y.x, r);
                return make_c128((x.y + mul_f64(x.x, r)) / d, (mul_f64(x.y, r) - x.x) / d);
            }

            """, ["abs_f64", "mul_f64"]),
        "abs_c128" => ("FUNCTION f64 abs_c128(c128 x) { return hypot_f64(x.x, x.y); }\n", ["hypot_f64"]),
        "exp_c128" => ("""
            FUNCTION c128 exp_c128(c128 x) { f64 r = exp_f64(x.x); return make_c128(mul_f64(r, cos_f64(x.y)), mul_f64(r, sin_f64(x.y))); }

            """, ["cos_f64", "exp_f64", "mul_f64", "sin_f64"]),
        "log_c128" => ("""
            FUNCTION c128 log_c128(c128 x) { return make_c128(log_f64(hypot_f64(x.x, x.y)), atan2_f64(x.y, x.x)); }

            """, ["atan2_f64", "hypot_f64", "log_f64"]),
        // The larger half of the sum is computed, the other part follows from it without cancellation; numbers whose magnitude overflows are scaled.
        "sqrt_c128" => ("""
            FUNCTION c128 sqrt_c128(c128 x)
            {
                if (x.y == 0.0) return x.x < 0.0 ? make_c128(0.0, sqrt_f64(-x.x)) : make_c128(sqrt_f64(x.x), 0.0);
                if (abs_f64(x.y) > 1.7976931348623157e308) return make_c128(abs_f64(x.y), x.y);
                int large = abs_f64(x.x) >= 1e307 || abs_f64(x.y) >= 1e307;
                f64 s = large ? 0.25 : 1.0, a = x.x * s, b = x.y * s;
                f64 r = sqrt_f64((hypot_f64(a, b) + abs_f64(a)) * 0.5);
                if (a < 0.0 && b < 0.0) r = -r;
                f64 q = b / (2.0 * r), t = large ? 2.0 : 1.0;
                return a < 0.0 ? make_c128(q * t, r * t) : make_c128(r * t, q * t);
            }

            """, ["abs_f64", "hypot_f64", "sqrt_f64"]),
        "sin_c128" => ("""
            FUNCTION c128 sin_c128(c128 x) { return make_c128(mul_f64(sin_f64(x.x), cosh_f64(x.y)), mul_f64(cos_f64(x.x), sinh_f64(x.y))); }

            """, ["cos_f64", "cosh_f64", "mul_f64", "sin_f64", "sinh_f64"]),
        "cos_c128" => ("""
            FUNCTION c128 cos_c128(c128 x) { return make_c128(mul_f64(cos_f64(x.x), cosh_f64(x.y)), -mul_f64(sin_f64(x.x), sinh_f64(x.y))); }

            """, ["cos_f64", "cosh_f64", "mul_f64", "sin_f64", "sinh_f64"]),
        // (sinh 2a + i sin 2b) / (cosh 2a + cos 2b), divided by cosh 2a where that may overflow.
        "tanh_c128" => ("""
            FUNCTION c128 tanh_c128(c128 x)
            {
                f64 c = cosh_f64(2.0 * x.x);
                if (abs_f64(x.x) <= 4.0) {
                    f64 d = cos_f64(2.0 * x.y) + c;
                    return make_c128(sinh_f64(2.0 * x.x) / d, sin_f64(2.0 * x.y) / d);
                }
                f64 d = 1.0 + cos_f64(2.0 * x.y) / c;
                return make_c128(tanh_f64(2.0 * x.x) / d, sin_f64(2.0 * x.y) / c / d);
            }

            """, ["abs_f64", "cos_f64", "cosh_f64", "sin_f64", "sinh_f64", "tanh_f64"]),
        "pow_c128" => ("""
            FUNCTION c128 pow_c128(c128 x, c128 y)
            {
                if (y.x == 0.0 && y.y == 0.0) return make_c128(1.0, 0.0);
                if (x.x == 0.0 && x.y == 0.0) return make_c128(0.0, 0.0);
                f64 r = hypot_f64(x.x, x.y), a = atan2_f64(x.y, x.x);
                f64 p = mul_f64(y.x, a) + mul_f64(y.y, log_f64(r));
                f64 s = mul_f64(pow_f64(r, y.x), exp_f64(-mul_f64(y.y, a)));
                return make_c128(mul_f64(s, cos_f64(p)), mul_f64(s, sin_f64(p)));
            }

            """, ["atan2_f64", "cos_f64", "exp_f64", "hypot_f64", "log_f64", "mul_f64", "pow_f64", "sin_f64"]),
        _ => null,
    };
}
