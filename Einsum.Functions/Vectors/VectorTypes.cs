using System.Runtime.Intrinsics;

namespace EinsumNet.Functions;

/// <summary>The vector types of a kernel: so many elements of each type; a bool is a mask of integers that are all ones or zero.</summary>
readonly record struct VectorTypes(int Lanes, int MaskBytes)
{
    internal Type Of(ElementType element) => element == ElementType.Bool ? Vector(Mask, MaskBytes) : Vector(element.ToType(), element.Size());

    /// <summary>The integer that the elements of a mask are.</summary>
    internal Type Mask => Integer(MaskBytes);

    internal static Type Integer(int bytes) => bytes switch { 1 => typeof(sbyte), 2 => typeof(short), 4 => typeof(int), _ => typeof(long) };

    internal int Bits(ElementType element) => 8 * Lanes * (element == ElementType.Bool ? MaskBytes : element.Size());

    /// <summary>The mask that comparing such elements gives, before it is brought to the kernel's own.</summary>
    internal Type MaskOf(ElementType element) => Vector(Integer(element == ElementType.Bool ? MaskBytes : element.Size()), element == ElementType.Bool ? MaskBytes : element.Size());

    Type Vector(Type element, int bytes) => Generic(8 * bytes * Lanes).MakeGenericType(element);

    internal static Type Generic(int bits) => bits switch { 128 => typeof(Vector128<>), 256 => typeof(Vector256<>), _ => typeof(Vector512<>) };

    internal static Type Operations(int bits) => bits switch { 128 => typeof(Vector128), 256 => typeof(Vector256), _ => typeof(Vector512) };
}
