namespace EinsumNet.Tests.Tool;

/// <summary>Arguments, <c>einsum plan</c> and <c>einsum demo</c>.</summary>
sealed class CliTests
{
    [TestCase("Required command was not provided")]
    [TestCase("Required command was not provided; Unrecognized command or argument 'evaluate'", "evaluate")]
    [TestCase("Required argument 'FILE' missing for command: 'eval'", "eval", "ij")]
    [TestCase("--threads takes a positive number, not '0'", "demo", "--threads", "0")]
    public void Arguments_that_are_wrong(string why, params string[] args) => CliRun.Of(args).AssertRefused($"einsum: {why} (einsum --help shows examples)");

    [TestCase("--help")]
    [TestCase("--version")]
    [TestCase("eval", "--help")]
    public void Help_and_version_start_with_what_they_are_about(params string[] args)
    {
        var run = CliRun.Of(args);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new CliRun(0, run.Output, "")));
            Assert.That(run.Output, Does.StartWith("Description:").Or.StartWith("einsum 0."));
        }
    }

    [Test]
    public void Help_shows_examples() => Assert.That(CliRun.Of("--help").Output, Does.Contain("einsum eval \"ij,jk->ik\" a.npy b.npy -o c.npy"));

    [TestCase("3x4", "[3, 4]")]
    [TestCase("3,4", "[3, 4]")]
    [TestCase("(3, 4)", "[3, 4]")]
    [TestCase("[3,4]", "[3, 4]")]
    [TestCase("(3,)", "[3]")]
    [TestCase("0", "[0]")]
    [TestCase("()", "[]")]
    [TestCase("scalar", "[]")]
    public void Every_spelling_of_a_shape(string text, string shape) =>
        Assert.That(CliRun.Of("plan", "...", text).Output, Does.Contain($" {shape} -> {shape}"));

    [TestCase("")]
    [TestCase("axb")]
    [TestCase("3x")]
    [TestCase("3,,4")]
    [TestCase("-3x4")]
    [TestCase("(3")]
    [TestCase("99999999999999999999")]
    public void What_is_not_a_shape(string text) => CliRun.Of("plan", "ij", text)
        .AssertRefused($"einsum: '{text}' is not a shape; write 10x20, 10,20 or (10, 20), and () or scalar for no axes");

    [Test]
    public void A_plan_is_printed_as_the_library_prints_it() =>
        CliRun.Of("plan", "[b i], [b j] -> [i j]", "3x40", "3x50").AssertPrinted(Einsum.Plan("[b i], [b j] -> [i j]", [3, 40], [3, 50]).ToString().TrimEnd());

    [TestCase("float")]
    [TestCase("float32")]
    [TestCase("f4")]
    public void A_plan_for_a_dtype_as_JSON(string dtype) => CliRun.Of("plan", "ij,jk->ik", "2x3", "3x4", "--dtype", dtype, "--json")
        .AssertPrinted(EinsumEngine.Default.Plan<float>("ij,jk->ik", [2, 3], [3, 4]).ToJson());

    [Test]
    public void A_dtype_that_does_not_exist() => CliRun.Of("plan", "i", "3", "--dtype", "f3").AssertRefused(
        "einsum: 'f3' is not an element type; those are: Half float double Complex bool sbyte short int long byte ushort uint ulong");

    [Test]
    public void The_demo_recognises_526_of_597()
    {
        var run = CliRun.Of("demo");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new CliRun(0, run.Output, "")));
            Assert.That(run.Output, Does.Contain("\naccuracy 0.8811 (526 of 597)\n"));
            foreach (var equation in (string[])["ni,nc->ci", "nc->c", "ni,ci->nc", "ci,ci->c"])
                Assert.That(run.Output, Does.Contain($"\nequation   {equation}   float on cpu\n"));
        }
    }
}
