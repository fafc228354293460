using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>The vector width that kernels use: the machine's widest, or what <c>EINSUM_SIMD</c> (128, 256 or 512) asks for.</summary>
static class SimdWidth
{
    internal const string Variable = "EINSUM_SIMD";

    /// <summary>Bits per vector in this process: 128, 256 or 512. A width that the machine lacks is emulated by .NET: correct, and slow.</summary>
    internal static readonly int Bits = Choose(Environment.GetEnvironmentVariable(Variable));

    internal static int Choose(string? asked) => asked switch
    {
        "128" => 128,
        "256" => 256,
        "512" => 512,
        null or "" => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        _ => throw new InvalidOperationException($"{Variable} is '{asked}'; it may be 128, 256 or 512."),
    };
}
