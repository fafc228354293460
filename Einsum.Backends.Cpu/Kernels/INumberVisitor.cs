using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary>Makes a kernel with an element type, known only as a value of <see cref="ElementType"/>, as its type argument.</summary>
interface INumberVisitor
{
    CpuKernel Visit<T>() where T : unmanaged, INumberBase<T>;
}

/// <summary>One switch instead of reflection, so that ahead-of-time compilation sees every instantiation.</summary>
static class NumberVisitors
{
    /// <summary>Visits with the type of a real number: neither Complex nor bool.</summary>
    internal static CpuKernel Accept<TVisitor>(this ElementType element, TVisitor visitor) where TVisitor : struct, INumberVisitor => element switch
    {
        ElementType.Float => visitor.Visit<float>(),
        ElementType.Double => visitor.Visit<double>(),
        ElementType.Half => visitor.Visit<Half>(),
        ElementType.SByte => visitor.Visit<sbyte>(),
        ElementType.Byte => visitor.Visit<byte>(),
        ElementType.Short => visitor.Visit<short>(),
        ElementType.UShort => visitor.Visit<ushort>(),
        ElementType.Int => visitor.Visit<int>(),
        ElementType.UInt => visitor.Visit<uint>(),
        ElementType.Long => visitor.Visit<long>(),
        ElementType.ULong => visitor.Visit<ulong>(),
        ElementType.NInt => visitor.Visit<nint>(),
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "Not a real number."),
    };
}
