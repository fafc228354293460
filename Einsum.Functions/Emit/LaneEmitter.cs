using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits operations on values, which are single elements or, in the vectorised loop, vectors of them.</summary>
sealed class LaneEmitter(ILGenerator il, VectorTypes types)
{
    readonly VectorFunctions _vectors = new(types);

    internal VectorTypes Types => types;

    internal Type TypeOf(ElementType element, bool isVector) => isVector ? types.Of(element) : element.ToType();

    /// <summary><c>-> element</c> of a constant.</summary>
    internal void Number(ElementType element, object value)
    {
        switch (Dense.Scalar(element, value).Data.GetValue(0))
        {
            case float number: il.Emit(OpCodes.Ldc_R4, number); break;
            case double number: il.Emit(OpCodes.Ldc_R8, number); break;
            case long number: il.Emit(OpCodes.Ldc_I8, number); break;
            case ulong number: il.Emit(OpCodes.Ldc_I8, unchecked((long)number)); break;
            case uint number: il.Emit(OpCodes.Ldc_I4, unchecked((int)number)); break;
            case nint number:
                il.Emit(OpCodes.Ldc_I8, (long)number);
                il.Emit(OpCodes.Conv_I);
                break;
            case Half number:
                il.Emit(OpCodes.Ldc_I4, (int)BitConverter.HalfToUInt16Bits(number));
                il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt16BitsToHalf))!);
                break;
            case Complex number:
                il.Emit(OpCodes.Ldc_R8, number.Real);
                il.Emit(OpCodes.Ldc_R8, number.Imaginary);
                il.Emit(OpCodes.Newobj, typeof(Complex).GetConstructor([typeof(double), typeof(double)])!);
                break;
            case bool truth: il.Emit(truth ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0); break;
            case var number: il.Emit(OpCodes.Ldc_I4, Convert.ToInt32(number)); break;
        }
    }

    /// <summary><c>element -> vector</c></summary>
    internal void Spread(ElementType element) => il.Emit(OpCodes.Call, element == ElementType.Bool ? VectorMasks.Spread(types) : _vectors.Create(element));

    /// <summary><c>address -> value</c></summary>
    internal void Load(ElementType element, bool isVector)
    {
        if (isVector && element == ElementType.Bool)
        {
            il.Emit(OpCodes.Call, VectorMasks.Load(types));
            return;
        }
        if (isVector) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, TypeOf(element, isVector));
    }

    /// <summary><c>address value -></c></summary>
    internal void Store(ElementType element, bool isVector)
    {
        if (isVector && element == ElementType.Bool)
        {
            il.Emit(OpCodes.Call, VectorMasks.Store(types));
            return;
        }
        if (isVector) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, TypeOf(element, isVector));
    }

    /// <summary><c>condition -> condition</c>: the mask of a selection as wide as what it selects.</summary>
    internal void Condition(ElementType selected, bool isVector)
    {
        if (!isVector || selected == ElementType.Bool) return;
        if (selected.Size() < types.MaskBytes) il.Emit(OpCodes.Call, VectorCasts.Narrow(types));
        Reinterpret(types.MaskOf(selected), types.Of(selected), types.Bits(selected));
    }

    /// <summary><c>operands -> value</c></summary>
    internal void Apply(ElementFunction function, ElementType operand, bool isVector)
    {
        if (isVector)
        {
            il.Emit(OpCodes.Call, _vectors.Of(function, operand));
            if (!function.IsComparison() || operand == ElementType.Bool) return;
            if (function == ElementFunction.NotEqual) il.Emit(OpCodes.Call, _vectors.Complement(operand));
            Reinterpret(types.Of(operand), types.MaskOf(operand), types.Bits(operand));
            if (operand.Size() < types.MaskBytes) il.Emit(OpCodes.Call, VectorCasts.Widen(types));
            return;
        }
        if (types.Lanes > 1 && VectorFunctions.IsOwn(function, operand))
        {
            One(function, operand);
            return;
        }
        // Of the others the platform's arithmetic wraps, or is a method.
        var isPlain = operand is ElementType.Float or ElementType.Double or ElementType.Int or ElementType.UInt or ElementType.Long or ElementType.ULong or ElementType.NInt;
        switch (isPlain ? function : default(ElementFunction?))
        {
            case ElementFunction.Add: il.Emit(OpCodes.Add); break;
            case ElementFunction.Subtract: il.Emit(OpCodes.Sub); break;
            case ElementFunction.Multiply: il.Emit(OpCodes.Mul); break;
            default: il.Emit(OpCodes.Call, Scalars.Method(function, operand)); break;
        }
    }

    /// <summary><c>operands -> value</c>: the function of vectors, of single elements.</summary>
    void One(ElementFunction function, ElementType operand)
    {
        LocalBuilder? right = null;
        if (function == ElementFunction.Pow)
        {
            right = il.DeclareLocal(operand.ToType());
            il.Emit(OpCodes.Stloc, right);
        }
        Spread(operand);
        if (right is not null)
        {
            il.Emit(OpCodes.Ldloc, right);
            Spread(operand);
        }
        il.Emit(OpCodes.Call, _vectors.Of(function, operand));
        il.Emit(OpCodes.Call, _vectors.First(operand));
    }

    /// <summary><c>left right sum -> sum</c>, of floats or doubles: rounded once where the machine has such an operation.</summary>
    internal void MultiplyAdd(ElementType element, bool isVector) => il.Emit(OpCodes.Call, isVector ? _vectors.MultiplyAdd(element)
        : element.ToType().GetMethod(nameof(double.MultiplyAddEstimate), [.. Enumerable.Repeat(element.ToType(), 3)])!);

    /// <summary><c>value -> value</c> of another element type.</summary>
    internal void Cast(ElementType from, ElementType to, bool isVector)
    {
        if (from == to) return;
        il.Emit(OpCodes.Call, isVector ? VectorCasts.Method(types, from, to) : Scalars.Conversion(from, to));
    }

    /// <summary><c>first step -> vector</c>: the first element and how much each next one has more, both longs.</summary>
    internal void Count(ElementType element) => il.Emit(OpCodes.Call, VectorCasts.Count(types, element));

    /// <summary><c>vector -> element</c></summary>
    internal void Fold(ElementFunction combine, ElementType element) =>
        il.Emit(OpCodes.Call, element == ElementType.Bool ? VectorMasks.Fold(types, combine) : Horizontal.Method(combine, types.Of(element), element.ToType()));

    void Reinterpret(Type from, Type to, int bits)
    {
        if (from == to) return;
        var operations = VectorTypes.Operations(bits);
        il.Emit(OpCodes.Call, As(operations).MakeGenericMethod(from.GenericTypeArguments[0], to.GenericTypeArguments[0]));
    }

    static MethodInfo As(Type operations) => operations.GetMethods().Single(method => method.Name == "As" && method.GetGenericArguments().Length == 2);
}
