using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EinsumNet.Tool.Numpy;

/// <summary>Reads one array in the <c>.npy</c> format, versions 1.0 to 3.0.</summary>
static class NpyReader
{
    /// <summary>Elements are read in pieces, because a span of bytes is too short for the largest arrays.</summary>
    const int PieceElements = 1 << 20;

    /// <summary>Reads an array from at most <paramref name="available"/> bytes; those after the array are ignored, as NumPy does.</summary>
    internal static NumpyArray Read(Stream stream, long available, string file)
    {
        var header = NpyHeader.Read(stream, ref available, file);
        return header.DType.Run(new ElementReader(stream, available, header, file));
    }

    sealed class ElementReader(Stream stream, long available, NpyHeader header, string file) : IElementAction<NumpyArray>
    {
        public NumpyArray Run<T>() where T : unmanaged
        {
            var elements = new T[CountElements()];
            for (var start = 0; start < elements.Length; start += PieceElements)
                ReadPiece(elements.AsSpan(start, Math.Min(PieceElements, elements.Length - start)));
            return new NumpyArray<T>(file, header.DType, header.Shape, elements, header.FortranOrder);
        }

        /// <summary>The product of the sizes, checked against the bytes that follow before anything is allocated.</summary>
        int CountElements()
        {
            if (header.Shape.AsSpan().Contains(0)) return 0;
            var (count, most) = ((Int128)1, available / header.DType.ItemSize);
            foreach (var size in header.Shape.AsSpan())
            {
                count *= size;
                if (count > most)
                    throw new NumpyFormatException(file, $"its {header.DType.Name} of shape {Excerpt()} need more than the {available} bytes after the header");
            }
            return count <= Array.MaxLength
                ? (int)count
                : throw new NumpyFormatException(file, $"it has {count} elements; at most {Array.MaxLength} are read");
        }

        /// <summary>The shape, cut where a hostile one has thousands of axes.</summary>
        string Excerpt()
        {
            var text = NumpyText.Shape(header.Shape);
            return text.Length > 100 ? text[..100] + "..." : text;
        }

        void ReadPiece<T>(Span<T> piece) where T : unmanaged
        {
            var bytes = MemoryMarshal.AsBytes(piece);
            try
            {
                stream.ReadExactly(bytes);
            }
            catch (EndOfStreamException)
            {
                throw new NumpyFormatException(file, "the file ends inside the elements");
            }
            if (header.BigEndian == BitConverter.IsLittleEndian) ReverseEndianness(bytes, header.DType.SwapSize);
            if (typeof(T) == typeof(bool)) Normalize(bytes);
        }
    }

    static void ReverseEndianness(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2: Reverse16(MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: Reverse32(MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: Reverse64(MemoryMarshal.Cast<byte, ulong>(bytes)); break;
        }

        static void Reverse16(Span<ushort> words) => BinaryPrimitives.ReverseEndianness(words, words);
        static void Reverse32(Span<uint> words) => BinaryPrimitives.ReverseEndianness(words, words);
        static void Reverse64(Span<ulong> words) => BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <summary>Any byte but 0 is true in NumPy, while a C# <c>bool</c> must be 0 or 1.</summary>
    static void Normalize(Span<byte> bytes)
    {
        foreach (ref var value in bytes) value = value == 0 ? (byte)0 : (byte)1;
    }
}
