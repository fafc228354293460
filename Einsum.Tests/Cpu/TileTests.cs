using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Cpu.Tests;

namespace EinsumNet.Tests.Cpu;

/// <summary>Each tile on whole squares and on every part of one, with the machine's instructions and without.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class TileTests
{
    /// <summary>Elements from row to row: more than any side, and no multiple of a line.</summary>
    const int SourceStride = 37, Stride = 29;

    [Test]
    public void Bytes() => EveryPart<byte, ByteTile<MachineZip>>();

    [Test]
    public void Bytes_without_the_machines_instructions() => EveryPart<byte, ByteTile<PortableZip>>();

    [Test]
    public void Shorts() => EveryPart<ushort, ShortTile<MachineZip>>();

    [Test]
    public void Shorts_without_the_machines_instructions() => EveryPart<ushort, ShortTile<PortableZip>>();

    [Test]
    public void Floats() => EveryPart<float, FloatTile<MachineZip>>();

    [Test]
    public void Floats_without_the_machines_instructions() => EveryPart<float, FloatTile<PortableZip>>();

    [Test]
    public void Doubles() => EveryPart<double, DoubleTile<MachineZip>>();

    [Test]
    public void Doubles_without_the_machines_instructions() => EveryPart<double, DoubleTile<PortableZip>>();

    [Test]
    public void Floats_of_wider_vectors()
    {
        if (!Tile8x8.IsSupported) LeftOut.Because("This machine has no vectors of 256 bits.");
        EveryPart<float, Tile8x8>();
        EveryPart<double, Tile4x4>();
    }

    [Test]
    public void Floats_of_the_widest_vectors()
    {
        if (!Tile16x16.IsSupported) LeftOut.Because("This machine has no vectors of 512 bits.");
        EveryPart<float, Tile16x16>();
        EveryPart<double, Tile8x8Wide>();
    }

    delegate void Transposition<T>(T* source, nint sourceStride, T* destination, nint destinationStride) where T : unmanaged;

    static void EveryPart<T, TTile>() where T : unmanaged where TTile : struct, ITile<T>
    {
        Check<T, TTile>(TTile.Side, TTile.Side, TTile.Transpose<CachedStore>);
        if (TTile.Strip > 0)
        {
            Check<T, TTile>(TTile.Strip, TTile.Side, (from, step, to, stride) => TTile.TransposeRows(from, step, to, stride, TTile.Strip));
            Check<T, TTile>(TTile.Side, TTile.Strip, (from, step, to, stride) => TTile.TransposeColumns(from, step, to, stride, TTile.Strip));
            for (var rows = 1; rows < TTile.Strip; rows++)
            {
                var few = rows;
                Check<T, TTile>(few, TTile.Side, (from, step, to, stride) => TTile.TransposeRows(from, step, to, stride, few), beyond: TTile.Strip - few);
            }
        }
        for (var rows = 1; rows <= TTile.Side; rows++)
            for (var columns = 1; columns <= TTile.Side; columns++)
            {
                var (height, width) = (rows, columns);
                Check<T, TTile>(rows, columns, (from, step, to, stride) => TTile.TransposePart(from, step, to, stride, height, width));
            }
    }

    /// <summary>The source's last element, or the last of so many beyond it, ends where memory does, so that nothing further can be read.</summary>
    static void Check<T, TTile>(int rows, int columns, Transposition<T> transpose, int beyond = 0) where T : unmanaged where TTile : struct, ITile<T>
    {
        using var source = new GuardedMemory<T>((columns - 1) * SourceStride + rows + beyond);
        new Random(5).NextBytes(new Span<byte>(source.Start, source.Count * sizeof(T)));
        var result = new T[TTile.Side * Stride];
        new Random(6).NextBytes(MemoryMarshal.AsBytes(result.AsSpan()));
        var expected = (T[])result.Clone();
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) expected[i * Stride + j] = source.Start[j * SourceStride + i];
        fixed (T* destination = result) transpose(source.Start, SourceStride, destination, Stride);
        Assert.That(MemoryMarshal.AsBytes(result.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(expected.AsSpan())),
            () => $"{typeof(TTile)}: {rows} x {columns}");
    }
}
