using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Tool.Numpy;

/// <summary>An element type that NumPy and the language share.</summary>
/// <param name="Code">NumPy's code without the byte order: <c>f8</c>.</param>
/// <param name="Name">NumPy's name: <c>float64</c>.</param>
/// <param name="Keyword">C#'s name: <c>double</c>.</param>
abstract record NumpyDType(string Code, string Name, string Keyword)
{
    internal static readonly IReadOnlyList<NumpyDType> All =
    [
        new NumpyDType<Half>("f2", "float16", "Half"),
        new NumpyDType<float>("f4", "float32", "float"),
        new NumpyDType<double>("f8", "float64", "double"),
        new NumpyDType<Complex>("c16", "complex128", "Complex") { SwapSize = sizeof(double) }, new NumpyDType<bool>("b1", "bool", "bool"),
        new NumpyDType<sbyte>("i1", "int8", "sbyte"),
        new NumpyDType<short>("i2", "int16", "short"),
        new NumpyDType<int>("i4", "int32", "int"),
        new NumpyDType<long>("i8", "int64", "long"),
        new NumpyDType<byte>("u1", "uint8", "byte"),
        new NumpyDType<ushort>("u2", "uint16", "ushort"),
        new NumpyDType<uint>("u4", "uint32", "uint"),
        new NumpyDType<ulong>("u8", "uint64", "ulong"),
    ];

    /// <summary>Bytes per element.</summary>
    internal abstract int ItemSize { get; }

    /// <summary>How many bytes are reversed together when the byte order changes.</summary>
    internal int SwapSize { get; init; }

    /// <summary>What stands in a header written on this machine: <c>&lt;f8</c>, <c>|u1</c>.</summary>
    internal string Descriptor => (ItemSize == 1 ? '|' : BitConverter.IsLittleEndian ? '<' : '>') + Code;

    /// <summary>Calls the action with the element type as its type argument.</summary>
    internal abstract TResult Run<TResult>(IElementAction<TResult> action);

    internal static NumpyDType Of<T>() where T : unmanaged => All.OfType<NumpyDType<T>>().Single();
}

sealed record NumpyDType<T> : NumpyDType where T : unmanaged
{
    internal NumpyDType(string code, string name, string keyword) : base(code, name, keyword) => SwapSize = ItemSize;

    internal override int ItemSize => Unsafe.SizeOf<T>();

    internal override TResult Run<TResult>(IElementAction<TResult> action) => action.Run<T>();
}

/// <summary>Work that is generic in an element type known only at run time.</summary>
interface IElementAction<out TResult>
{
    TResult Run<T>() where T : unmanaged;
}
