namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// What a descriptor says of a matrix in shared memory (PTX ISA, sections "Shared Memory Matrix Layout" and "Matrix Descriptor Format" of wgmma): all in units of
/// 16 bytes, its address in bits 0 to 13, the leading dimension's offset in bits 16 to 29, the stride dimension's in bits 32 to 45, and in bits 62 and 63 the
/// swizzle, of which 1 is that of 128 bytes.
/// </summary>
readonly record struct PtxMatrix(ulong Start, ulong Leading, ulong Stride)
{
    const ulong Known = 0x3fffUL | 0x3fffUL << 16 | 0x3fffUL << 32 | 3UL << 62;

    internal static PtxMatrix Of(ulong descriptor)
    {
        if ((descriptor & ~Known) != 0 || descriptor >> 62 != 1) throw new PtxException($"{descriptor:x} is no descriptor of a matrix with the swizzle of 128 bytes that starts where its pattern does.");
        return new(Units(descriptor), Units(descriptor >> 16), Units(descriptor >> 32));
    }

    static ulong Units(ulong bits) => (bits & 0x3fff) << 4;

    /// <summary>
    /// The address of an element. Along the depth: eight lines of 128 bytes are a pattern, and the stride leads to the next eight. Across it: 128 bytes of rows at
    /// one depth, eight depths a pattern; the leading offset leads to the next rows and the stride to the next depths.
    /// </summary>
    internal ulong At(int row, int depth, int size, bool isAcross)
    {
        var perLine = 128 / size;
        var address = Start + (isAcross
            ? (ulong)(row % perLine * size) + (ulong)(row / perLine) * Leading + (ulong)(depth % 8 * 128) + (ulong)(depth / 8) * Stride
            : (ulong)(row % 8 * 128) + (ulong)(row / 8) * Stride + (ulong)(depth * size));
        // The swizzle: which line of the pattern it is, is added to the place of the 16 bytes in the line, bit by bit.
        return address ^ (address >> 7 & 7) << 4;
    }
}
