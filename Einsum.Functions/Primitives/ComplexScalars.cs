using System.Numerics;

namespace EinsumNet.Functions;

/// <summary>What functions of real numbers mean for one complex number, by the platform's own definitions.</summary>
static class ComplexScalars
{
    internal static double Abs(Complex value) => Complex.Abs(value);

    internal static Complex Pow(Complex left, Complex right) => Complex.Pow(left, right);

    internal static Complex Exp(Complex value) => Complex.Exp(value);

    internal static Complex Log(Complex value) => Complex.Log(value);

    internal static Complex Sqrt(Complex value) => Complex.Sqrt(value);

    internal static Complex Sin(Complex value) => Complex.Sin(value);

    internal static Complex Cos(Complex value) => Complex.Cos(value);

    internal static Complex Tanh(Complex value) => Complex.Tanh(value);
}
