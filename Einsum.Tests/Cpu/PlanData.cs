using System.Numerics;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Checks a plan with data of its element type.</summary>
static class PlanData
{
    internal static void Check(KernelPlan plan, CpuKernel kernel, Random random, bool special = false)
    {
        switch (plan.Element)
        {
            case ElementType.Float: PlanCheck.Rounded(plan, kernel, () => (float)Real(random, special), x => x, float.Pow(2, -24), float.Epsilon); break;
            case ElementType.Double: PlanCheck.Rounded(plan, kernel, () => Real(random, special), x => x, double.Pow(2, -53), double.Epsilon); break;
            case ElementType.Half: PlanCheck.Rounded(plan, kernel, () => (Half)Real(random, special), x => (double)x, double.Pow(2, -11), (double)Half.Epsilon); break;
            case ElementType.Complex: PlanCheck.Rounded(plan, kernel, () => new Complex(Part(random, special), Part(random, special)), x => x, double.Pow(2, -51), double.Epsilon); break;
            case ElementType.Bool: PlanCheck.Exact(plan, kernel, () => random.Next(3) > 0, new PlanReference<bool, bool>(false, (x, _) => x, (x, y) => x && y, (x, y) => x || y)); break;
            case ElementType.SByte: Integers<sbyte>(plan, kernel, random); break;
            case ElementType.Byte: Integers<byte>(plan, kernel, random); break;
            case ElementType.Short: Integers<short>(plan, kernel, random); break;
            case ElementType.UShort: Integers<ushort>(plan, kernel, random); break;
            case ElementType.Int: Integers<int>(plan, kernel, random); break;
            case ElementType.UInt: Integers<uint>(plan, kernel, random); break;
            case ElementType.Long: Integers<long>(plan, kernel, random); break;
            case ElementType.ULong: Integers<ulong>(plan, kernel, random); break;
            default: Integers<nint>(plan, kernel, random); break;
        }
    }

    /// <summary>Checks products of halves that are written as floats, and of floats that are written as halves.</summary>
    internal static void CheckMixed(KernelPlan plan, CpuKernel kernel, Random random, double epsilon = 1.0 / (1 << 24))
    {
        if (plan.Element == ElementType.Float) PlanCheck.Rounded<Half, float>(plan, kernel, () => (Half)Real(random), x => (double)x, x => x, epsilon, float.Epsilon);
        else PlanCheck.Rounded<float, Half>(plan, kernel, () => (float)Real(random), x => x, x => (double)x, Math.Max(epsilon, double.Pow(2, -11)), (double)Half.Epsilon);
    }

    /// <summary>The plan with other types of elements.</summary>
    internal static KernelPlan Mixed(KernelPlan plan, ElementType operands, ElementType result) => plan with { Operands = [.. plan.Operands.Select(operand => operand with { Element = operands })], Result = plan.Result with { Element = result } };

    /// <summary>Any bits at all.</summary>
    internal static T Bits<T>(Random random) where T : unmanaged
    {
        T value = default;
        random.NextBytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    static double Real(Random random, bool special = false) => special && random.Next(40) == 0
        ? random.Next(4) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, _ => 0 }
        : random.NextDouble() * 2 - 1;

    /// <summary>No zero: the reference multiplies two numbers without imaginary parts as real ones, which infinities make a difference to.</summary>
    static double Part(Random random, bool special) => Real(random, special) is var part && part == 0 ? 0.5 : part;

    static void Integers<T>(KernelPlan plan, CpuKernel kernel, Random random) where T : unmanaged, INumberBase<T> =>
        PlanCheck.Exact(plan, kernel, () => Bits<T>(random), new PlanReference<T, T>(T.Zero, (x, _) => x, (x, y) => unchecked(x * y), (x, y) => unchecked(x + y)));
}
