using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet.Functions;

/// <summary>The elements of a vector combined into one, at the end of a reduction.</summary>
static class Horizontal
{
    internal static MethodInfo Method(ElementFunction combine, Type vector, Type element) =>
        typeof(Horizontal).GetMethod(combine.ToString(), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(vector, element);

    internal static T Add<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold(Elements<TVector, T>(ref vector), Scalars.Add);

    internal static T Multiply<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold(Elements<TVector, T>(ref vector), Scalars.Multiply);

    internal static T Min<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold(Elements<TVector, T>(ref vector), Scalars.Min);

    internal static T Max<TVector, T>(TVector vector) where TVector : struct where T : unmanaged, INumber<T> => Fold(Elements<TVector, T>(ref vector), Scalars.Max);

    static ReadOnlySpan<T> Elements<TVector, T>(ref TVector vector) where TVector : struct where T : struct =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TVector, T>(ref vector), Unsafe.SizeOf<TVector>() / Unsafe.SizeOf<T>());

    static T Fold<T>(ReadOnlySpan<T> elements, Func<T, T, T> combine)
    {
        var result = elements[0];
        foreach (var element in elements[1..]) result = combine(result, element);
        return result;
    }
}
