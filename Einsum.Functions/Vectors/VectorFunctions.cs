using System.Reflection;
using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>The vector operations of the functions of elements: the platform's, and <see cref="VectorMath{T, V, S}"/>'s where it has none, or slow ones.</summary>
sealed class VectorFunctions(VectorTypes types)
{
    /// <summary>Whether there is such an operation; those without run element by element.</summary>
    internal static bool Has(ElementFunction function, ElementType element) => element is ElementType.Float or ElementType.Double || function switch
    {
        ElementFunction.Divide or ElementFunction.Remainder => false,
        _ => !function.IsReal(),
    };

    internal MethodInfo Create(ElementType element) =>
        Generic(element, nameof(Vector128.Create), method => method.GetParameters() is [{ ParameterType.IsGenericMethodParameter: true }]);

    internal MethodInfo Complement(ElementType element) => Operator(element, "op_OnesComplement", 1);

    internal MethodInfo Of(ElementFunction function, ElementType element) => function switch
    {
        ElementFunction.Equal when element == ElementType.Bool => VectorMasks.Equal(types),
        ElementFunction.NotEqual when element == ElementType.Bool => Operator(element, "op_ExclusiveOr", 2),
        ElementFunction.Add => Operator(element, "op_Addition", 2),
        ElementFunction.Subtract => Operator(element, "op_Subtraction", 2),
        ElementFunction.Multiply => Operator(element, "op_Multiply", 2),
        ElementFunction.Divide => Operator(element, "op_Division", 2),
        ElementFunction.Negate => Operator(element, "op_UnaryNegation", 1),
        ElementFunction.And => Operator(element, "op_BitwiseAnd", 2),
        ElementFunction.Or => Operator(element, "op_BitwiseOr", 2),
        ElementFunction.Not => Complement(element),
        ElementFunction.Equal or ElementFunction.NotEqual => Generic(element, nameof(Vector128.Equals), _ => true),
        ElementFunction.Less => Generic(element, nameof(Vector128.LessThan), _ => true),
        ElementFunction.LessOrEqual => Generic(element, nameof(Vector128.LessThanOrEqual), _ => true),
        ElementFunction.Select => Generic(element, nameof(Vector128.ConditionalSelect), _ => true),
        ElementFunction.Exp or ElementFunction.Log or ElementFunction.Sin or ElementFunction.Cos or ElementFunction.Remainder or ElementFunction.Pow or ElementFunction.Log1P or ElementFunction.ExpM1 or ElementFunction.Tanh or ElementFunction.Erf =>
            VectorOperations.Math(types.Bits(element), element.ToType()).GetMethod(function.ToString(), BindingFlags.Static | BindingFlags.NonPublic)!,
        _ => Generic(element, function.ToString(), _ => true),
    };

    /// <summary>Whether the function's last digits are its own: a single element then goes the way of vectors, so that they do not depend on which elements are taken together.</summary>
    internal static bool IsOwn(ElementFunction function, ElementType element) => element is ElementType.Float or ElementType.Double
        && function is ElementFunction.Exp or ElementFunction.Log or ElementFunction.Sin or ElementFunction.Cos or ElementFunction.Pow or ElementFunction.Log1P or ElementFunction.ExpM1 or ElementFunction.Tanh or ElementFunction.Erf;

    internal MethodInfo First(ElementType element) => Generic(element, nameof(Vector128.ToScalar), _ => true);

    internal MethodInfo MultiplyAdd(ElementType element) => Operations(element).GetMethod(nameof(Vector128.MultiplyAddEstimate), [.. Enumerable.Repeat(types.Of(element), 3)])!;

    Type Operations(ElementType element) => VectorTypes.Operations(types.Bits(element));

    MethodInfo Operator(ElementType element, string name, int operands) => types.Of(element).GetMethod(name, [.. Enumerable.Repeat(types.Of(element), operands)])!;

    MethodInfo Generic(ElementType element, string name, Func<MethodInfo, bool> which) =>
        Operations(element).GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition && which(method)).MakeGenericMethod(types.Of(element).GenericTypeArguments[0]);
}
