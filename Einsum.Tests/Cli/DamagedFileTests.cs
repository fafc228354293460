using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary>A damaged or hostile file is read or refused with one line; it never does anything else and never costs memory that it does not have.</summary>
sealed class DamagedFileTests
{
    const long AllocationLimit = 4 << 20;

    [TestCase("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", "dtype '<c8' is not supported (complex64); convert it with .astype('complex128')")]
    [TestCase("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "dtype '|O' is not supported (Python objects)")]
    [TestCase("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", "dtype '<U3' is not supported; those that are: f2 f4 f8 c16 b1 i1 i2 i4 i8 u1 u2 u4 u8")]
    [TestCase("{'descr': '<<f8', 'fortran_order': False, 'shape': (2,), }", "dtype '<<f8' is not supported; those that are: f2 f4 f8 c16 b1 i1 i2 i4 i8 u1 u2 u4 u8")]
    [TestCase("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,), }", "structured dtypes are not supported")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", "the header's shape has a negative size")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", "its float64 of shape (9,) need more than the 64 bytes after the header")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }", "its float64 of shape (4294967296, 4294967296, 4) need more than the 64 bytes after the header")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }", "the header's shape has a size of more than 64 bits")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (3), }", "the header's shape is a number, not a tuple")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (3 4), }", "the header has '4' in column 54 where ',' or ')' belongs")]
    [TestCase("{'descr': '<f8', 'fortran_order': 0, 'shape': (3,), }", "the header has '0' in column 35 where True or False belongs")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, }", "the header has no 'shape'")]
    [TestCase("{'fortran_order': False, 'shape': (3,), }", "the header has no 'descr'")]
    [TestCase("{'descr': '<f8', 'shape': (3,), }", "the header has no 'fortran_order'")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'evil\n\u001b[2J': 1}", "the header has an unexpected key 'evil..[2J'")]
    [TestCase("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "the header has an unexpected key 'descr'")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), } + 1", "the header goes on after its dictionary")]
    [TestCase("{'descr': '<f8", "the header has a string without end")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", "the header ends where '}' belongs")]
    [TestCase("", "the header ends where '{' belongs")]
    public void Header(string dictionary, string why) => AssertRefused(NumpyCases.WithHeader(dictionary), why);

    [Test]
    public void Magic_version_and_length()
    {
        byte[] file = NumpyCases.Member("several.npz", "bias");
        AssertRefused([.. "NUMPY"u8, .. file], "not a NumPy file (it does not start with \\x93NUMPY)");
        AssertRefused([.. file[..6], 4, 0, .. file[8..]], "format version 4.0 is not one of 1.0, 2.0, 3.0");
        AssertRefused([.. file[..6], 1, 1, .. file[8..]], "format version 1.1 is not one of 1.0, 2.0, 3.0");
        AssertRefused([.. file[..8], 255, 255, .. file[10..]], "the file ends inside the header");
        AssertRefused([.. file[..6], 2, 0, 255, 255, 255, 255, .. file[10..]], "the header claims to be 4294967295 bytes long; at most 1048576 are read");
    }

    [Test]
    public void Cut_anywhere()
    {
        var file = NumpyCases.Member("several.npz", "weights");
        for (var length = 0; length < file.Length; length++) Assert.That(Survives(file[..length]), Is.False, $"{length} bytes");
    }

    [Test]
    public void Deep_nesting_does_not_exhaust_the_stack() => Assert.That(Survives(NumpyCases.WithHeader("{'shape': " + new string('(', 60_000))), Is.False);

    [Test]
    public void Random_bytes_in_the_header()
    {
        var random = new Random(1);
        byte[] file = NumpyCases.Member("several.npz", "weights");
        var characters = "{}()[]'\",:<>=|-0123456789 LTruFalsedcrpshon\n\0\u00ff"u8;
        for (var i = 0; i < 20_000; i++)
        {
            var copy = file.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
                copy[random.Next(80)] = random.Next(2) == 0 ? (byte)random.Next(256) : characters[random.Next(characters.Length)];
            Survives(copy);
        }
    }

    [TestCase("one.npz")]
    [TestCase("several.npz:bias")]
    [TestCase("compressed.npz:weights")]
    public void Random_bytes_in_an_archive(string source)
    {
        var random = new Random(2);
        var (archive, member) = source.Split(':') is [var name, var of] ? (name, of) : (source, null);
        var file = File.ReadAllBytes(NumpyCases.PathOf(archive));
        for (var i = 0; i < 5_000; i++)
        {
            var copy = file.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                // Half of them in the directory at the end, where the sizes stand.
                var position = random.Next(2) == 0 ? random.Next(copy.Length) : copy.Length - 1 - random.Next(Math.Min(copy.Length, 200));
                copy[position] = (byte)random.Next(256);
            }
            Survives(() => NpzReader.Read(new MemoryStream(copy), member, "a.npz"));
        }
        for (var length = 0; length < file.Length; length += 1 + file.Length / 600)
            Assert.That(Survives(() => NpzReader.Read(new MemoryStream(file[..length]), member, "a.npz")), Is.False, $"{length} bytes");
    }

    static bool Survives(byte[] file) => Survives(() => NumpyCases.Read(file));

    /// <summary>Whether it was read; false where it was refused; anything else fails the test.</summary>
    static bool Survives(Func<NumpyArray> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
            return true;
        }
        catch (NumpyFormatException error)
        {
            Assert.That(error.Message, Does.StartWith("a.np").And.Not.Contains("\n"));
            return false;
        }
        finally
        {
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(AllocationLimit));
        }
    }

    static void AssertRefused(byte[] file, string why) =>
        Assert.That(() => NumpyCases.Read(file), Throws.TypeOf<NumpyFormatException>().With.Message.EqualTo($"a.npy: {why}"));
}
