using System.CommandLine;
using System.Diagnostics;
using System.Numerics.Tensors;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary><c>einsum demo</c>: handwritten digits told apart by the nearest class mean, in four einsums.</summary>
static class DemoCommand
{
    const int TrainingRows = 1200;

    internal static Command Create(Option<int?> threads)
    {
        var command = new Command("demo", "Recognises handwritten digits by the nearest class mean, in four einsums.");
        command.SetAction(parsed => Cli.Guard(parsed, threads, Run));
        return command;
    }

    static void Run(EinsumEngine engine, TextWriter writer)
    {
        var images = Load("digits.npy");
        var labels = Load("digits_onehot.npy");
        // Slices are views: no row is copied.
        var (trainImages, trainLabels) = (images[..TrainingRows, ..], labels[..TrainingRows, ..]);
        var (testImages, testLabels) = (images[TrainingRows.., ..], labels[TrainingRows.., ..]);

        var clock = Stopwatch.StartNew();
        var scores = Scores(engine, trainImages, trainLabels, testImages);
        var first = clock.Elapsed;
        clock.Restart();
        Scores(engine, trainImages, trainLabels, testImages);
        var second = clock.Elapsed;

        var terminal = new Terminal(writer);
        var count = testImages.Lengths[0];
        terminal.Heading($"{images.Lengths[0]} digits of 8 x 8 pixels: the means of the first {TrainingRows}, the nearest mean of the other {count}");
        foreach (var plan in (EinsumPlan[])
        [
            engine.Plan<float>("ni,nc->ci", [TrainingRows, 64], [TrainingRows, 10]),
            engine.Plan<float>("nc->c", [TrainingRows, 10]),
            engine.Plan<float>("ni,ci->nc", [count, 64], [10, 64]),
            engine.Plan<float>("ci,ci->c", [10, 64], [10, 64]),
        ])
        {
            terminal.Line();
            terminal.Line(plan.ToString().TrimEnd());
        }
        var right = CountRight(scores, testLabels);
        terminal.Line();
        terminal.Heading(FormattableString.Invariant($"accuracy {(double)right / count:F4} ({right} of {count})"));
        terminal.Line(FormattableString.Invariant($"time     {first.TotalMilliseconds:F1} ms at first, {second.TotalMilliseconds:F2} ms again"));
    }

    /// <summary>Per image and class: image . mean - |mean|^2 / 2, which is largest for the nearest mean.</summary>
    static Tensor<float> Scores(EinsumEngine engine, Tensor<float> trainImages, Tensor<float> trainLabels, Tensor<float> testImages)
    {
        var sums = engine.Eval("ni,nc->ci", trainImages, trainLabels);
        var counts = engine.Eval("nc->c", trainLabels);
        var means = Tensor.Divide<float>(sums, counts.Reshape([10, 1]));
        var scores = engine.Eval("ni,ci->nc", testImages, means);
        var squares = engine.Eval("ci,ci->c", means, means);
        return Tensor.Subtract<float>(scores, Tensor.Divide<float>(squares, 2));
    }

    static int CountRight(Tensor<float> scores, Tensor<float> labels)
    {
        var right = 0;
        for (nint row = 0; row < scores.Lengths[0]; row++)
        {
            var best = TensorPrimitives.IndexOfMax<float>(scores.GetSpan([row, 0], 10));
            if (labels[row, best] == 1) right++;
        }
        return right;
    }

    static Tensor<float> Load(string name)
    {
        using var stream = typeof(DemoCommand).Assembly.GetManifestResourceStream(name)!;
        var array = (NumpyArray<float>)NpyReader.Read(stream, stream.Length, name);
        return Tensor.Create(array.Elements, [(nint)array.Shape[0], (nint)array.Shape[1]]);
    }
}
