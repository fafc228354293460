using System.Buffers.Binary;
using System.Text;

namespace EinsumNet.Tool.Numpy;

/// <summary>What stands before the elements of a <c>.npy</c> file.</summary>
/// <param name="DType">The element type.</param>
/// <param name="BigEndian">Whether the elements are stored with the most significant byte first.</param>
/// <param name="FortranOrder">Whether the first axis varies fastest.</param>
/// <param name="Shape">The size of each axis.</param>
sealed record NpyHeader(NumpyDType DType, bool BigEndian, bool FortranOrder, Shape Shape)
{
    /// <summary>Far beyond any header of an array without fields; a longer one is not read into memory.</summary>
    const int MaxLength = 1 << 20;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads magic, version, length and dictionary; <paramref name="available"/> is lowered by the bytes read.</summary>
    internal static NpyHeader Read(Stream stream, ref long available, string file)
    {
        var prefix = ReadBytes(stream, Magic.Length + 2, ref available, file);
        if (!prefix.StartsWith(Magic)) throw new NumpyFormatException(file, "not a NumPy file (it does not start with \\x93NUMPY)");
        var (major, minor) = (prefix[^2], prefix[^1]);
        if (major is < 1 or > 3 || minor != 0) throw new NumpyFormatException(file, $"format version {major}.{minor} is not one of 1.0, 2.0, 3.0");

        var lengthField = ReadBytes(stream, major == 1 ? 2 : 4, ref available, file);
        var length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthField) : BinaryPrimitives.ReadUInt32LittleEndian(lengthField);
        if (length > MaxLength) throw new NumpyFormatException(file, $"the header claims to be {length} bytes long; at most {MaxLength} are read");
        var bytes = ReadBytes(stream, (int)length, ref available, file);
        return new NpyHeaderParser((major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes), file).Parse();
    }

    static ReadOnlySpan<byte> ReadBytes(Stream stream, int count, ref long available, string file)
    {
        if (count > available) throw new NumpyFormatException(file, "the file ends inside the header");
        available -= count;
        var bytes = new byte[count];
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw new NumpyFormatException(file, "the file ends inside the header");
        }
        return bytes;
    }
}
