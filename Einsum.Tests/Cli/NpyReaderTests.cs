using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary>Every dtype, byte order, memory order and version as NumPy writes them, and every spelling of a header that Python reads.</summary>
sealed class NpyReaderTests
{
    [TestCaseSource(typeof(NumpyCases), nameof(NumpyCases.All))]
    public void Reads_what_NumPy_wrote(NumpyCases.Case expected)
    {
        var array = NumpyCases.Read(expected.Bytes());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(array.DType.Name, Is.EqualTo(expected.DType));
            Assert.That(NumpyText.Shape(array.Shape), Is.EqualTo(expected.Shape));
            Assert.That(NumpyCases.Elements(array), Is.EqualTo(expected.Elements));
        }
    }

    [TestCase("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }", "(2, 3)")]
    [TestCase("{'shape':(2,3),'descr':'<i2','fortran_order':False}", "(2, 3)")]
    [TestCase("  {\n\"shape\" : ( 2 , 3 , ) , \t\"fortran_order\" : True,\"descr\":\"<i2\"} \n", "(2, 3)")]
    [TestCase("{'descr': '<i2', 'fortran_order': False, 'shape': (2L, 3L), }", "(2, 3)")]
    [TestCase("{'descr': 'i2', 'fortran_order': False, 'shape': (4,), }", "(4,)")]
    [TestCase("{'descr': '=i2', 'fortran_order': False, 'shape': ( ), }", "()")]
    [TestCase("{'descr': '?', 'fortran_order': False, 'shape': (0, 9223372036854775807, 2), }", "(0, 9223372036854775807, 2)")]
    public void Reads_every_spelling_of_a_header(string dictionary, string shape) =>
        Assert.That(NumpyText.Shape(NumpyCases.Read(NumpyCases.WithHeader(dictionary)).Shape), Is.EqualTo(shape));

    [Test]
    public void Any_byte_but_0_is_true()
    {
        var bytes = NumpyCases.WithHeader("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 3);
        bytes[^2] = 200;
        Assert.That(NumpyCases.Elements(NumpyCases.Read(bytes)), Is.EqualTo("False True False"));
    }

    [Test]
    public void Bytes_after_the_array_are_ignored() =>
        Assert.That(NumpyCases.Elements(NumpyCases.Read([.. NumpyCases.Member("several.npz", "bias"), 1, 2, 3])), Is.EqualTo("-1.5 -0.75"));

    [TestCase("one.npz", "(2, 3)")]
    [TestCase("one.npz:arr_0", "(2, 3)")]
    [TestCase("several.npz:bias", "(2,)")]
    [TestCase("several.npz:weights.npy", "(2, 3)")]
    [TestCase("compressed.npz:weights", "(200, 30)")]
    public void Reads_an_archive_by_member(string file, string shape) => Assert.That(NumpyText.Shape(Read(file).Shape), Is.EqualTo(shape));

    [TestCase("several.npz", "the archive holds weights, bias; choose one with FILE.npz:MEMBER")]
    [TestCase("several.npz:scale", "the archive has no member 'scale'; it holds weights, bias")]
    [TestCase("none.npy", "no such file")]
    [TestCase("none/none.npy", "no such folder")]
    [TestCase(".", "is a folder")]
    public void Says_why_a_file_cannot_be_read(string file, string why) =>
        Assert.That(() => Read(file), Throws.TypeOf<NumpyFormatException>().With.Message.EqualTo($"{NumpyCases.PathOf(file)}: {why}"));

    static NumpyArray Read(string file) => NumpyFile.Read(NumpyCases.PathOf(file));
}
