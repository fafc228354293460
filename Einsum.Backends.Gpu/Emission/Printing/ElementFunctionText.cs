namespace EinsumNet.Backends.Gpu;

/// <summary>The functions of elements of traced functions, as each dialect has them: <c>exp_f32</c>, <c>div_i64</c>. Null for names that are none of them.</summary>
static class ElementFunctionText
{
    internal static string? OpenCl(string name) => Parts(name) is not var (function, type) ? null : function switch
    {
        // Else a product and a sum may be rounded once in one kernel, and twice in another.
        "mul" => $"#pragma OPENCL FP_CONTRACT OFF\n#define {name}(x, y) ((x) * (y))\n",
        "abs" => $"#define {name}(x) fabs(x)\n",
        "rem" when type[0] == 'f' => $"#define {name}(x, y) fmod(x, y)\n",
        "pow" or "hypot" or "atan2" => $"#define {name}(x, y) {function}(x, y)\n",
        "half" => $"FUNCTION f32 {name}({type} x) {{ u16 h; vstore_half_rte(x, 0, (half *)&h); return vload_half(0, (half *)&h); }}\n",
        "exp" or "log" or "log1p" or "expm1" or "sqrt" or "sin" or "cos" or "sinh" or "cosh" or "tanh" or "erf" => $"#define {name}(x) {function}(x)\n",
        _ => Common(name, function, type),
    };

    internal static string? Cuda(string name)
    {
        if (Parts(name) is not var (function, type)) return null;
        var (suffix, letter) = type == "f32" ? ("f", 'f') : ("", 'd');
        return function switch
        {
            "mul" => $"#define {name}(x, y) __{letter}mul_rn(x, y)\n",
            "abs" => $"#define {name}(x) fabs{suffix}(x)\n",
            "rem" when type[0] == 'f' => $"#define {name}(x, y) fmod{suffix}(x, y)\n",
            "pow" or "hypot" or "atan2" => $"#define {name}(x, y) {function}{suffix}(x, y)\n",
            "half" => $"FUNCTION f32 {name}({type} x) {{ u16 h; asm(\"cvt.rn.f16.{type} %0, %1;\" : \"=h\"(h) : \"{letter}\"(x)); f32 y; asm(\"cvt.f32.f16 %0, %1;\" : \"=f\"(y) : \"h\"(h)); return y; }}\n",
            "exp" or "log" or "log1p" or "expm1" or "sqrt" or "sin" or "cos" or "sinh" or "cosh" or "tanh" or "erf" => $"#define {name}(x) {function}{suffix}(x)\n",
            _ => Common(name, function, type),
        };
    }

    static (string Function, string Type)? Parts(string name) => name.Split('_') is [var function, ("f32" or "f64" or "i32" or "i64" or "u32" or "u64") and var type] ? (function, type) : null;

    static string? Common(string name, string function, string type) => function switch
    {
        "neg" => $"#define {name}(x) (-(x))\n",
        // A NaN stays, and of two zeros the negative one is less.
        "min" => $"FUNCTION {type} {name}({type} x, {type} y) {{ return x != x ? x : y != y ? y : x == y ? (1 / x < 0 ? x : y) : x < y ? x : y; }}\n",
        "max" => $"FUNCTION {type} {name}({type} x, {type} y) {{ return x != x ? x : y != y ? y : x == y ? (1 / x < 0 ? y : x) : x > y ? x : y; }}\n",
        // Division by zero, and of the least number by -1, ends the process on some devices.
        "div" when type[0] == 'u' => $"FUNCTION {type} {name}({type} x, {type} y) {{ return y == 0 ? 0 : x / y; }}\n",
        "rem" when type[0] == 'u' => $"FUNCTION {type} {name}({type} x, {type} y) {{ return y == 0 ? 0 : x % y; }}\n",
        "div" => $"FUNCTION {type} {name}({type} x, {type} y) {{ return y == 0 ? 0 : y == -1 ? ({type})(0 - (u{type[1..]})x) : x / y; }}\n",
        "rem" => $"FUNCTION {type} {name}({type} x, {type} y) {{ return y == 0 || y == -1 ? 0 : x % y; }}\n",
        _ => null,
    };
}
