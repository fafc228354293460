using System.Reflection;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>The platform's vector operations for the functions of the elements; a comparison gives a mask.</summary>
sealed class VectorFunctions
{
    readonly Type _element, _operations;

    internal VectorFunctions(Type element, int bits)
    {
        (_operations, var type) = bits switch
        {
            128 => (typeof(Vector128), typeof(Vector128<>)),
            256 => (typeof(Vector256), typeof(Vector256<>)),
            _ => (typeof(Vector512), typeof(Vector512<>)),
        };
        (_element, Type) = (element, type.MakeGenericType(element));
    }

    internal Type Type { get; }

    /// <summary>Whether there is such an operation; those without run element by element.</summary>
    internal static bool Has(ElementFunction function) => function is not (
        ElementFunction.Remainder or ElementFunction.Pow or ElementFunction.Log1P or ElementFunction.ExpM1 or ElementFunction.Tanh or ElementFunction.Erf);

    internal MethodInfo Create => Generic(nameof(Vector128.Create), method => method.GetParameters() is [{ ParameterType.IsGenericMethodParameter: true }]);

    internal MethodInfo Complement => Operator("op_OnesComplement", 1);

    internal MethodInfo Of(ElementFunction function) => function switch
    {
        ElementFunction.Add => Operator("op_Addition", 2),
        ElementFunction.Subtract => Operator("op_Subtraction", 2),
        ElementFunction.Multiply => Operator("op_Multiply", 2),
        ElementFunction.Divide => Operator("op_Division", 2),
        ElementFunction.Negate => Operator("op_UnaryNegation", 1),
        ElementFunction.And => Operator("op_BitwiseAnd", 2),
        ElementFunction.Or => Operator("op_BitwiseOr", 2),
        ElementFunction.Not => Complement,
        ElementFunction.Equal or ElementFunction.NotEqual => Generic(nameof(Vector128.Equals), _ => true),
        ElementFunction.Less => Generic(nameof(Vector128.LessThan), _ => true),
        ElementFunction.LessOrEqual => Generic(nameof(Vector128.LessThanOrEqual), _ => true),
        ElementFunction.Select => Generic(nameof(Vector128.ConditionalSelect), _ => true),
        ElementFunction.Exp or ElementFunction.Log or ElementFunction.Sin or ElementFunction.Cos => _operations.GetMethod(function.ToString(), [Type])!,
        _ => Generic(function.ToString(), _ => true),
    };

    MethodInfo Operator(string name, int operands) => Type.GetMethod(name, [.. Enumerable.Repeat(Type, operands)])!;

    MethodInfo Generic(string name, Func<MethodInfo, bool> which) =>
        _operations.GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition && which(method)).MakeGenericMethod(_element);
}
