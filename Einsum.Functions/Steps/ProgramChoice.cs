namespace EinsumNet.Functions;

/// <summary>Compiles a function for the one of two backends that is estimated to be done first.</summary>
static class ProgramChoice
{
    /// <param name="graph">The function.</param>
    /// <param name="engine">The engine whose backend chooses.</param>
    /// <param name="choice">The choice.</param>
    /// <param name="isResident">Whether an operand or a destination is on the device, which runs the function then.</param>
    internal static Program Compile(Graph graph, EinsumEngine engine, FunctionChoice choice, bool isResident)
    {
        if (isResident) return Compile(graph, engine.On(choice.Device), "gpu: an operand or a destination is there");
        var host = engine.On(choice.Host);
        using var scope = EngineScope.Enter(host);
        var program = Program.Compile(graph);
        var (isDevice, why) = choice.Decide(WorkOf(program, engine));
        return isDevice ? Compile(graph, engine.On(choice.Device), why) : program.Because(why);
    }

    /// <summary>An engine with a choice plans einsums for either side.</summary>
    static FunctionWork WorkOf(Program program, EinsumEngine engine)
    {
        using var scope = EngineScope.Enter(engine);
        return ProgramWork.Of(program.Plan, program.Graph);
    }

    static Program Compile(Graph graph, EinsumEngine engine, string why)
    {
        using var scope = EngineScope.Enter(engine);
        return Program.Compile(graph).Because(why);
    }
}
