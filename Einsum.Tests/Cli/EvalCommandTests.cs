using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tests.Tool;

/// <summary><c>einsum eval</c> from arguments to exit code, output and files.</summary>
sealed class EvalCommandTests
{
    TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFiles()
    {
        _folder = new TemporaryFolder();
        CliRun.Save(_folder.File("a.npy"), [2, 3], 1.0, 2, 3, 4, 5, 6);
        CliRun.Save(_folder.File("x.npy"), [3], 0.5, 1, 1);
        CliRun.Save(_folder.File("s.npy"), [], 2.0);
        CliRun.Save(_folder.File("f.npy"), [3], 1f, 2, 3);
    }

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void Prints_the_result() => Eval("ij,j->i", "a.npy", "x.npy").AssertPrinted("[ 5.5 13. ]\nshape (2,), dtype float64");

    [TestCase(",j->", "s.npy", "x.npy", "5.\nshape (), dtype float64")]
    [TestCase("...,j->...", "s.npy", "x.npy", "5.\nshape (), dtype float64")]
    [TestCase(",j->j", "s.npy", "x.npy", "[1. 2. 2.]\nshape (3,), dtype float64")]
    public void A_file_of_shape_nothing_is_a_scalar(string equation, string first, string second, string output) =>
        Eval(equation, first, second).AssertPrinted(output);

    [Test]
    public void A_vector_of_one_element_stays_a_vector()
    {
        CliRun.Save(_folder.File("one.npy"), [1], 7.0);
        Eval("...->...", "one.npy").AssertPrinted("[7.]\nshape (1,), dtype float64");
    }

    [TestCase("f4-big", "[[-1.5   0.75]\n [-0.75  1.5 ]\n [ 0.    2.25]]", "float32")]
    [TestCase("b1-little", "[[ True  True]\n [False False]\n [False False]]", "bool")]
    public void Every_memory_order_gives_the_same_result(string member, string rows, string dtype)
    {
        foreach (var order in "CF")
            CliRun.Of("eval", "ij->ji", $"{NumpyCases.PathOf("cases.npz")}:{member}-{order}").AssertPrinted($"{rows}\nshape (3, 2), dtype {dtype}");
    }

    [TestCase(",ij->", "()")]
    [TestCase(",ij->ij", "(2, 3)")]
    public void Writes_nothing_but_the_result(string equation, string shape)
    {
        var run = Eval(equation, "s.npy", "a.npy", "--threads", "1", "-o", _folder.File("out.npy"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new CliRun(0, "", "")));
            Assert.That(NumpyText.Shape(NumpyFile.Read(_folder.File("out.npy")).Shape), Is.EqualTo(shape));
            Assert.That(_folder.Names, Is.EqualTo(["a.npy", "f.npy", "out.npy", "s.npy", "x.npy"]));
        }
    }

    [Test]
    public void An_operand_can_be_overwritten()
    {
        Assert.That(Eval("ij->ji", "a.npy", "-o", _folder.File("a.npy")).ExitCode, Is.Zero);
        Assert.That(NumpyCases.Elements(NumpyFile.Read(_folder.File("a.npy"))), Is.EqualTo("1 4 2 5 3 6"));
    }

    [Test]
    public void A_refused_run_leaves_the_output_as_it_was()
    {
        Eval("ij,j->i", "a.npy", "s.npy", "-o", _folder.File("x.npy"));
        Assert.That(NumpyCases.Elements(NumpyFile.Read(_folder.File("x.npy"))), Is.EqualTo("0.5 1 1"));
    }

    [Test]
    public void An_equation_that_does_not_fit_is_shown_with_carets() => Eval("ij,[j]->i", "a.npy", "a.npy").AssertRefused("""
        EIN0202: operand 1 has 2 axes but its term has 1 label.
          ij,[j]->i
             ^^^
          operand 0: [2, 3]   operand 1: [2, 3]
          hint: write '...' in the term for axes without a label.
        """);

    [Test]
    public void Files_of_two_dtypes_are_both_named() => Eval("ij,j->i", "a.npy", "f.npy").AssertRefused(
        $"einsum: {_folder.File("a.npy")} is float64 but {_folder.File("f.npy")} is float32; convert one of them, for example with NumPy's astype");

    [Test]
    public void A_file_that_cannot_be_read()
    {
        File.WriteAllText(_folder.File("text.npy"), "not an array");
        Eval("i", "none.npy").AssertRefused($"einsum: {_folder.File("none.npy")}: no such file");
        Eval("i", "text.npy").AssertRefused($"einsum: {_folder.File("text.npy")}: not a NumPy file (it does not start with \\x93NUMPY)");
    }

    [TestCase("out.npz", "the result is written as .npy, and its name must say so")]
    [TestCase("none/out.npy", "no such folder")]
    public void An_output_that_cannot_be_written(string output, string why) =>
        Eval("ij", "a.npy", "-o", _folder.File(output)).AssertRefused($"einsum: {_folder.File(output)}: {why}");

    /// <summary>Arguments that name a file of the folder are given their path.</summary>
    CliRun Eval(string equation, params string[] args) =>
        CliRun.Of(["eval", equation, .. args.Select(arg => arg.EndsWith(".npy") && !Path.IsPathRooted(arg) ? _folder.File(arg) : arg)]);
}
