using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary>The writer's bytes are those of numpy.save, and a file appears whole or not at all.</summary>
sealed class NpyWriterTests
{
    static readonly string[] s_otherwise = ["-big-", "-F", "fortran-", "version-2", "version-3"];

    static IEnumerable<NumpyCases.Case> WrittenAsNumPyDoes => NumpyCases.All.Where(item => !s_otherwise.Any(item.Name.Contains));

    [TestCaseSource(nameof(WrittenAsNumPyDoes))]
    public void Writes_the_bytes_that_NumPy_writes(NumpyCases.Case file)
    {
        var bytes = file.Bytes();
        var array = NumpyCases.Read(bytes);
        Assert.That(array.DType.Run(new Writing(array)), Is.EqualTo(bytes));
    }

    [Test]
    public void A_header_too_long_for_version_1_becomes_version_2()
    {
        var shape = Shape.Create([.. Enumerable.Repeat(1L, 30_000)]);
        var bytes = Written(shape, [2.5]);
        var array = NumpyCases.Read(bytes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes[6], Is.EqualTo(2));
            Assert.That((bytes.Length - sizeof(double)) % 64, Is.Zero);
            Assert.That(array.Shape, Is.EqualTo(shape));
            Assert.That(NumpyCases.Elements(array), Is.EqualTo("2.5"));
        }
    }

    [Test]
    public void A_file_appears_when_it_is_committed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.npy");
        using (var file = new WholeFile(path))
        {
            file.Stream.WriteByte(1);
            Assert.That(File.Exists(path), Is.False);
            file.Commit();
        }
        Assert.That(folder.Names, Is.EqualTo(["a.npy"]));
    }

    [Test]
    public void A_file_not_committed_leaves_what_was_there()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.npy");
        File.WriteAllText(path, "old");
        using (var file = new WholeFile(path)) file.Stream.Write(new byte[100_000]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(folder.Names, Is.EqualTo(["a.npy"]));
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        }
    }

    static byte[] Written<T>(Shape shape, T[] elements) where T : unmanaged
    {
        var stream = new MemoryStream();
        NpyWriter.Write<T>(stream, shape, elements);
        return stream.ToArray();
    }

    sealed class Writing(NumpyArray array) : IElementAction<byte[]>
    {
        public byte[] Run<T>() where T : unmanaged => Written(array.Shape, ((NumpyArray<T>)array).Elements);
    }
}
