using System.CommandLine;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary><c>einsum plan EQUATION SHAPE... [--dtype double] [--json]</c></summary>
static class PlanCommand
{
    internal static Command Create(Option<int?> threads)
    {
        var equation = new Argument<string>("EQUATION") { Description = Help.Equation };
        var shapes = new Argument<string[]>("SHAPE") { Description = Help.Shape, Arity = ArgumentArity.OneOrMore };
        var dtype = new Option<string>("--dtype")
        {
            Description = "The element type, by its name in C# or in NumPy.",
            HelpName = "TYPE",
            DefaultValueFactory = _ => "double",
        };
        var json = new Option<bool>("--json") { Description = "Print the plan as JSON." };
        var command = new Command("plan", "Prints how an equation is computed: contraction path, cost, kernels.") { equation, shapes, dtype, json };
        command.SetAction(parsed => Cli.Guard(parsed, threads, (engine, writer) =>
        {
            var operands = Array.ConvertAll(parsed.GetRequiredValue(shapes), ShapeText.Parse);
            var plan = DTypeOf(parsed.GetRequiredValue(dtype)).Run(new Planning(engine, parsed.GetRequiredValue(equation), operands));
            new Terminal(writer).Line((parsed.GetValue(json) ? plan.ToJson() : plan.ToString()).TrimEnd());
        }));
        return command;
    }

    static NumpyDType DTypeOf(string name) =>
        NumpyDType.All.FirstOrDefault(type => name == type.Name || name == type.Code || name == type.Keyword)
        ?? throw new UsageException($"'{name}' is not an element type; those are: {string.Join(" ", NumpyDType.All.Select(type => type.Keyword))}");

    sealed class Planning(EinsumEngine engine, string equation, Shape[] shapes) : IElementAction<EinsumPlan>
    {
        public EinsumPlan Run<T>() where T : unmanaged => engine.Plan<T>(equation, shapes);
    }
}
