namespace EinsumNet.Functions;

/// <summary>The vector functions of a width and an element type.</summary>
static class VectorOperations
{
    internal static Type Math(int bits, Type element)
    {
        var operations = bits switch { 128 => typeof(VectorOperations128<>), 256 => typeof(VectorOperations256<>), _ => typeof(VectorOperations512<>) };
        return typeof(VectorMath<,,>).MakeGenericType(element, VectorTypes.Generic(bits).MakeGenericType(element), operations.MakeGenericType(element));
    }
}
