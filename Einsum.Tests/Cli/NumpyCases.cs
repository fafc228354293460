using System.Globalization;
using System.IO.Compression;
using System.Text;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary>The files of Data/numpy, which make_numpy_files.py makes with NumPy.</summary>
static class NumpyCases
{
    /// <summary>A file and what it holds, as cases.txt has it.</summary>
    internal sealed record Case(string Name, string DType, string Shape, string Elements)
    {
        public override string ToString() => Name;

        internal byte[] Bytes() => Member("cases.npz", Name);
    }

    internal static IEnumerable<Case> All =>
        File.ReadLines(PathOf("cases.txt")).Select(line => line.Split('|')).Select(cells => new Case(cells[0], cells[1], cells[2], cells[3]));

    internal static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", "numpy", file);

    internal static byte[] Member(string archive, string name)
    {
        using var zip = ZipFile.OpenRead(PathOf(archive));
        using var content = zip.GetEntry(name + ".npy")!.Open();
        var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    internal static NumpyArray Read(byte[] bytes) => NpyReader.Read(new MemoryStream(bytes), bytes.Length, "a.npy");

    /// <summary>A version 1.0 file with this dictionary and so many bytes of elements.</summary>
    internal static byte[] WithHeader(string dictionary, int elementBytes = 64)
    {
        var header = Encoding.Latin1.GetBytes(dictionary);
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. new byte[elementBytes]];
    }

    /// <summary>The elements in C order, as cases.txt writes them.</summary>
    internal static string Elements(NumpyArray array) => array.DType.Run(new ElementText(array));

    sealed class ElementText(NumpyArray array) : IElementAction<string>
    {
        public string Run<T>() where T : unmanaged
        {
            var (elements, fortranOrder) = (((NumpyArray<T>)array).Elements, ((NumpyArray<T>)array).FortranOrder);
            if (elements.Length >= 100) return "zeros";
            var inOrder = Enumerable.Range(0, elements.Length).Select(i => elements[fortranOrder ? Transposed(i) : i]);
            return string.Join(' ', inOrder.Select(element => string.Create(CultureInfo.InvariantCulture, $"{element}")));
        }

        int Transposed(int index)
        {
            var (position, stride) = (0, array.Shape.Aggregate(1, (product, size) => product * (int)size));
            for (var axis = array.Shape.Rank - 1; axis >= 0; axis--)
            {
                var size = (int)array.Shape[axis];
                stride /= size;
                position += index % size * stride;
                index /= size;
            }
            return position;
        }
    }
}
