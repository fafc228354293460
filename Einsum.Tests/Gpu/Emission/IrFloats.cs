namespace EinsumNet.Tests.Gpu;

/// <summary>The bits of floats that tensor cores take.</summary>
static class IrFloats
{
    /// <summary>10 bits after the point, ties away from zero, in the upper 19 bits of a word.</summary>
    internal static uint Tf32(float x) => float.IsFinite(x) ? (BitConverter.SingleToUInt32Bits(x) + 0x1000) & ~0x1fffu : BitConverter.SingleToUInt32Bits(x);

    /// <summary>7 bits after the point, ties to even.</summary>
    internal static uint BFloat16(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsFinite(x) ? (bits + 0x7fff + (bits >> 16 & 1)) >> 16 : bits >> 16;
    }
}
