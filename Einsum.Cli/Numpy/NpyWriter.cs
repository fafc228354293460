using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace EinsumNet.Tool.Numpy;

/// <summary>Writes the <c>.npy</c> format byte for byte as <c>numpy.save</c> does: C order, this machine's byte order, version 1.0.</summary>
static class NpyWriter
{
    /// <summary>The elements start at a multiple of this.</summary>
    const int Alignment = 64;

    /// <summary>NumPy leaves room for the first size to grow to this many digits in place.</summary>
    const int GrowthDigits = 21;

    const int PieceElements = 1 << 20;

    internal static void Write<T>(Stream stream, Shape shape, ReadOnlySpan<T> elements) where T : unmanaged
    {
        stream.Write(Header(NumpyDType.Of<T>(), shape));
        for (var start = 0; start < elements.Length; start += PieceElements)
            stream.Write(MemoryMarshal.AsBytes(elements.Slice(start, Math.Min(PieceElements, elements.Length - start))));
    }

    static byte[] Header(NumpyDType dtype, Shape shape)
    {
        var text = $"{{'descr': '{dtype.Descriptor}', 'fortran_order': False, 'shape': {NumpyText.Shape(shape)}, }}";
        if (shape.Rank > 0) text += new string(' ', GrowthDigits - shape[0].ToString().Length);

        var version = Padded(text, lengthSize: 2) <= ushort.MaxValue ? 1 : 2;
        var lengthSize = version == 1 ? 2 : 4;
        var length = Padded(text, lengthSize);
        var header = new byte[NpyHeader.Magic.Length + 2 + lengthSize + length];
        NpyHeader.Magic.CopyTo(header);
        header[NpyHeader.Magic.Length] = (byte)version;
        var lengthField = header.AsSpan(NpyHeader.Magic.Length + 2);
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(lengthField, (ushort)length);
        else BinaryPrimitives.WriteInt32LittleEndian(lengthField, length);
        var dictionary = header.AsSpan(^length..);
        dictionary.Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, dictionary);
        dictionary[^1] = (byte)'\n';
        return header;
    }

    /// <summary>The dictionary's length with its newline and padding; NumPy adds a whole block where none is needed.</summary>
    static int Padded(string text, int lengthSize)
    {
        var prefix = NpyHeader.Magic.Length + 2 + lengthSize;
        return text.Length + 1 + Alignment - (prefix + text.Length + 1) % Alignment;
    }
}
