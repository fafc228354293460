using System.Numerics;
using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Real numbers; integers wrap around.</summary>
readonly struct RealAlgebra<T> : IAlgebra<T, T, T> where T : INumberBase<T>
{
    public static T Zero => T.Zero;

    public static T Read(T element, Elementwise map) => element;

    public static T Multiply(T left, T right) => unchecked(left * right);

    public static T Add(T left, T right) => unchecked(left + right);

    public static T Write(T value, Elementwise map) => value;
}

/// <summary>Half, multiplied and summed in float: 4096 ones are 4096.</summary>
readonly struct HalfAlgebra : IAlgebra<Half, float, Half>
{
    public static float Zero => 0;

    public static float Read(Half element, Elementwise map) => (float)element;

    public static float Multiply(float left, float right) => left * right;

    public static float Add(float left, float right) => left + right;

    public static Half Write(float value, Elementwise map) => (Half)value;
}

/// <summary>Complex numbers, the only ones that a conjugate is not the identity for.</summary>
readonly struct ComplexAlgebra : IAlgebra<Complex, Complex, Complex>
{
    public static Complex Zero => Complex.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Complex Read(Complex element, Elementwise map) => map == Elementwise.Conjugate ? Complex.Conjugate(element) : element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Complex Multiply(Complex left, Complex right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Complex Add(Complex left, Complex right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Complex Write(Complex value, Elementwise map) => Read(value, map);
}

/// <summary>The semiring of truth values: "or" of "and".</summary>
readonly struct BooleanAlgebra : IAlgebra<bool, bool, bool>
{
    public static bool Zero => false;

    public static bool Read(bool element, Elementwise map) => element;

    public static bool Multiply(bool left, bool right) => left & right;

    public static bool Add(bool left, bool right) => left | right;

    public static bool Write(bool value, Elementwise map) => value;
}

/// <summary>Operands of another type than the arithmetic's: nearest where it rounds, the closest value where it is out of range.</summary>
readonly struct ConvertingAlgebra<TOperand, T> : IAlgebra<TOperand, T, T> where TOperand : INumberBase<TOperand> where T : INumberBase<T>
{
    public static T Zero => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read(TOperand element, Elementwise map) => T.CreateSaturating(element);

    public static T Multiply(T left, T right) => unchecked(left * right);

    public static T Add(T left, T right) => unchecked(left + right);

    public static T Write(T value, Elementwise map) => value;
}
