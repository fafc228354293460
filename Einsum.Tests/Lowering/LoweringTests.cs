namespace EinsumNet.Tests.Lowering;

/// <summary>What every pass makes of an equation, as it prints itself.</summary>
[Parallelizable(ParallelScope.All)]
sealed class LoweringTests
{
    static readonly CaseFile s_file = new("Lowering/lowering-cases.txt");

    static IEnumerable<TestCaseData> Cases => s_file.Cases();

    [TestCaseSource(nameof(Cases))]
    public void Lowers(string question, string answer)
    {
        var fields = question.Split('|', StringSplitOptions.TrimEntries);
        var options = LoweringOptions.Parse(fields.Length > 2 ? fields[2] : "");
        var bound = Binder.Bind(Equation.Parse(fields[0]), CaseShapes.Parse(fields[1]), options.Rules);
        var program = Pipeline.ToSteps(bound, options.Path ?? PathFinder.Optimal.Find(Problems.Of(bound)));
        var layouts = bound.Shapes.Select(shape => TensorLayout.RowMajor(shape.AsSpan())).ToArray();
        var kernels = Pipeline.ToKernels(program, layouts, TensorLayout.RowMajor(bound.OutputShape.AsSpan()), options.Element, options.Arithmetic);

        var lines = new List<string> { $"bind    {bound}" };
        lines.AddRange(program.ToString().Split('\n').Select(step => $"step    {step}"));
        lines.AddRange(program.Steps.Select(step => $"term    {LowerToVmap.Run(program, step)}"));
        lines.AddRange(kernels.ToString().Split('\n').Select(kernel => $"kernel  {kernel}".TrimEnd()));
        s_file.Check(question, answer, string.Join('\n', lines));
    }
}
