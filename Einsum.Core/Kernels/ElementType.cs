using System.Collections.Frozen;
using System.Numerics;

namespace EinsumNet;

/// <summary>The element types of the language, named as C# names them.</summary>
enum ElementType { Float, Double, Half, SByte, Byte, Short, UShort, Int, UInt, Long, ULong, NInt, Complex, Bool }

static class ElementTypes
{
    static readonly FrozenDictionary<Type, ElementType> s_byType = new Dictionary<Type, ElementType>
    {
        [typeof(float)] = ElementType.Float,
        [typeof(double)] = ElementType.Double,
        [typeof(Half)] = ElementType.Half,
        [typeof(sbyte)] = ElementType.SByte,
        [typeof(byte)] = ElementType.Byte,
        [typeof(short)] = ElementType.Short,
        [typeof(ushort)] = ElementType.UShort,
        [typeof(int)] = ElementType.Int,
        [typeof(uint)] = ElementType.UInt,
        [typeof(long)] = ElementType.Long,
        [typeof(ulong)] = ElementType.ULong,
        [typeof(nint)] = ElementType.NInt,
        [typeof(Complex)] = ElementType.Complex,
        [typeof(bool)] = ElementType.Bool,
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<ElementType, Type> s_types = s_byType.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The element type of <paramref name="type"/>, or EIN0302.</summary>
    internal static ElementType Of(Type type) => s_byType.TryGetValue(type, out var element) ? element : throw PlanErrors.ElementType(type);

    internal static Type ToType(this ElementType element) => s_types[element];

    /// <summary>The name in C#: <c>float</c>.</summary>
    internal static string Name(this ElementType element) =>
        element is ElementType.Half or ElementType.Complex ? element.ToString() : element.ToString().ToLowerInvariant();

    /// <summary>What C# calls the type: <c>float</c>; of a type that is no element type its own name.</summary>
    internal static string NameOf(Type type) => s_byType.TryGetValue(type, out var element) ? element.Name() : type.Name;

    /// <summary>Bytes per element.</summary>
    internal static int Size(this ElementType element) => element switch
    {
        ElementType.SByte or ElementType.Byte or ElementType.Bool => 1,
        ElementType.Half or ElementType.Short or ElementType.UShort => 2,
        ElementType.Float or ElementType.Int or ElementType.UInt => 4,
        ElementType.NInt => IntPtr.Size,
        ElementType.Complex => 16,
        _ => 8,
    };
}
