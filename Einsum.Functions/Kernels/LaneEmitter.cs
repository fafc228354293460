using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits the values of expressions, a vector or one element at a time, each into a local of its own so that it is computed once.</summary>
sealed class LaneEmitter(ILGenerator il, ElementType vectorElement, int vectorBits)
{
    readonly VectorFunctions _vectors = new(vectorElement is ElementType.Float or ElementType.Double ? vectorElement.ToType() : typeof(double), vectorBits);

    internal Type VectorType => _vectors.Type;

    /// <summary>The type of a value: masks of comparisons are vectors as well.</summary>
    internal Type TypeOf(ElementType element, bool isVector) => isVector ? _vectors.Type : element.ToType();

    /// <summary><c>-> value</c> of a constant.</summary>
    internal void Number(ElementType element, object value, bool isVector)
    {
        switch (element)
        {
            case ElementType.Float: il.Emit(OpCodes.Ldc_R4, Convert.ToSingle(value)); break;
            case ElementType.Double: il.Emit(OpCodes.Ldc_R8, Convert.ToDouble(value)); break;
            case ElementType.Long: il.Emit(OpCodes.Ldc_I8, Convert.ToInt64(value)); break;
            case ElementType.Int: il.Emit(OpCodes.Ldc_I4, Convert.ToInt32(value)); break;
            default: il.Emit(Convert.ToBoolean(value) ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0); break;
        }
        if (isVector) Spread();
    }

    /// <summary><c>element -> vector</c></summary>
    internal void Spread() => il.Emit(OpCodes.Call, _vectors.Create);

    /// <summary><c>address -> value</c></summary>
    internal void Load(ElementType element, bool isVector)
    {
        if (isVector) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, TypeOf(element, isVector));
    }

    /// <summary><c>address value -></c></summary>
    internal void Store(ElementType element, bool isVector)
    {
        if (isVector) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, TypeOf(element, isVector));
    }

    /// <summary><c>operands -> value</c></summary>
    internal void Apply(ElementFunction function, ElementType operand, bool isVector)
    {
        if (isVector)
        {
            il.Emit(OpCodes.Call, _vectors.Of(function));
            if (function == ElementFunction.NotEqual) il.Emit(OpCodes.Call, _vectors.Complement);
            return;
        }
        switch (function)
        {
            case ElementFunction.Add: il.Emit(OpCodes.Add); break;
            case ElementFunction.Subtract: il.Emit(OpCodes.Sub); break;
            case ElementFunction.Multiply: il.Emit(OpCodes.Mul); break;
            default: il.Emit(OpCodes.Call, Scalars.Method(function, operand)); break;
        }
    }

    /// <summary><c>value -> value</c> of another element type.</summary>
    internal void Cast(ElementType from, ElementType to)
    {
        if (from != to) il.Emit(OpCodes.Call, Scalars.Conversion(from, to));
    }

    /// <summary><c>vector -> element</c></summary>
    internal void Fold(ElementFunction combine, ElementType element) => il.Emit(OpCodes.Call, Horizontal.Method(combine, _vectors.Type, element.ToType()));
}
