namespace EinsumNet.Functions;

/// <summary>The passes over a graph before it is planned, in order. What no result needs is dropped by each of them.</summary>
static class Passes
{
    internal static Graph Run(Graph graph)
    {
        graph = LowerMappedWhile.Run(graph);
        graph = LowerArgReduce.Run(graph);
        graph = Simplify.Run(graph);
        graph = ContractStrided.Run(graph);
        graph = Simplify.Run(graph);
        return graph;
    }
}
