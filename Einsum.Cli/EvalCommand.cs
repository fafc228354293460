using System.CommandLine;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary><c>einsum eval EQUATION FILE... [-o OUT]</c></summary>
static class EvalCommand
{
    internal static Command Create(Option<int?> threads)
    {
        var equation = new Argument<string>("EQUATION") { Description = Help.Equation };
        var files = new Argument<string[]>("FILE") { Description = Help.File, Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "Write the result to this .npy file, do not print it.", HelpName = "OUT" };
        var command = new Command("eval", "Evaluates an equation on arrays in NumPy's files, all of one dtype.") { equation, files, output };
        command.SetAction(parsed => Cli.Guard(parsed, threads, (engine, writer) =>
            Run(engine, parsed.GetRequiredValue(equation), parsed.GetRequiredValue(files), parsed.GetValue(output), writer)));
        return command;
    }

    static void Run(EinsumEngine engine, string text, string[] files, string? output, TextWriter writer)
    {
        if (output is not null) ResultFile.Check(output);
        var equation = Equation.Parse(text);
        var arrays = Array.ConvertAll(files, NumpyFile.Read);
        var (first, other) = (arrays[0], Array.Find(arrays, array => array.DType != arrays[0].DType));
        if (other is not null)
        {
            throw new UsageException($"{first.Source} is {first.DType.Name} but {other.Source} is {other.DType.Name};"
                + " convert one of them, for example with NumPy's astype");
        }
        first.DType.Run(new Evaluation(engine, equation, arrays, output, writer));
    }

    /// <summary>Evaluates, then writes or prints; gives the result's shape.</summary>
    sealed class Evaluation(EinsumEngine engine, Equation equation, NumpyArray[] arrays, string? output, TextWriter writer) : IElementAction<Shape>
    {
        public Shape Run<T>() where T : unmanaged
        {
            var result = engine.Eval<T>(equation, Array.ConvertAll(arrays, array => ((NumpyArray<T>)array).ToOperand()));
            // The tensor of a scalar has the shape [1]; the file's is ().
            var shape = ResultRank(equation, arrays) == 0 ? [] : Shape.Create([.. result.Lengths]);
            ReadOnlySpan<T> elements = result.IsEmpty ? [] : result.GetSpan(new nint[result.Rank], checked((int)result.FlattenedLength));
            if (output is null) ArrayPrinter.Print(writer, shape, elements);
            else ResultFile.Write(output, shape, elements);
            return shape;
        }
    }

    /// <summary>The labels of the output and the axes that its ellipsis stands for.</summary>
    static int ResultRank(Equation equation, NumpyArray[] arrays)
    {
        var ellipsis = equation.Inputs.Zip(arrays, (term, array) => term.HasEllipsis ? array.Shape.Rank - term.Labels.Length : 0).Max();
        return equation.Output.Labels.Length + (equation.Output.HasEllipsis ? ellipsis : 0);
    }
}
