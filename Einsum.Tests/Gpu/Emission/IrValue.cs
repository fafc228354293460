using System.Numerics;

namespace EinsumNet.Tests.Gpu;

/// <summary>A value of any type that a kernel computes with: a whole number, or the real and imaginary parts of one that is not.</summary>
readonly record struct IrValue(long Whole, double Real = 0, double Imaginary = 0)
{
    internal static IrValue Of(double real, double imaginary = 0) => new(0, real, imaginary);

    internal static IrValue Of(bool flag) => new(flag ? 1 : 0);

    internal bool IsTrue => Whole != 0;

    internal Complex Complex => new(Real, Imaginary);
}
