namespace EinsumNet.Backends.Cpu;

/// <summary>Transposes blocks of an operand into a buffer for kernels that want its other neighbours.</summary>
abstract unsafe class Turn
{
    /// <summary><c>destination[i, j] = source[j, i]</c></summary>
    internal abstract void Run(nint source, nint destination, nint rows, nint columns);

    /// <param name="elementBytes">The size of an element.</param>
    /// <param name="simdBits">The size of a vector.</param>
    /// <param name="columnStep">Elements from column to column of the source; its rows are neighbours.</param>
    /// <param name="pitch">Elements from row to row of the destination.</param>
    /// <param name="ahead">How many elements further the next block of the source mostly lies.</param>
    internal static Turn Create(int elementBytes, int simdBits, nint columnStep, nint pitch, nint ahead) => elementBytes switch
    {
        1 => new Turn<byte, ByteTile<MachineZip>>(new(1, columnStep, pitch, ahead)),
        2 => new Turn<ushort, ShortTile<MachineZip>>(new(1, columnStep, pitch, ahead)),
        4 when simdBits >= 512 && Tile16x16.IsSupported => new Turn<float, Tile16x16>(new(1, columnStep, pitch, ahead)),
        4 when simdBits >= 256 && Tile8x8.IsSupported => new Turn<float, Tile8x8>(new(1, columnStep, pitch, ahead)),
        4 => new Turn<float, FloatTile<MachineZip>>(new(1, columnStep, pitch, ahead)),
        _ when simdBits >= 512 && Tile8x8Wide.IsSupported => new Turn<double, Tile8x8Wide>(new(1, columnStep, pitch, ahead)),
        _ when simdBits >= 256 && Tile4x4.IsSupported => new Turn<double, Tile4x4>(new(1, columnStep, pitch, ahead)),
        _ => new Turn<double, DoubleTile<MachineZip>>(new(1, columnStep, pitch, ahead)),
    };
}

/// <summary>With tiles of one kind.</summary>
sealed unsafe class Turn<T, TTile>(Steps steps) : Turn where T : unmanaged where TTile : struct, ITile<T>
{
    internal override void Run(nint source, nint destination, nint rows, nint columns) =>
        TileMove<T, TTile>.Run<CachedStore>(steps, (T*)source, (T*)destination, rows, columns);
}
