namespace EinsumNet;

/// <summary>Finds the order in which the operands of an equation are contracted.</summary>
public interface IPathFinder
{
    /// <summary>The finder's name, as plans print it.</summary>
    string Name { get; }

    /// <summary>A path that contracts all operands of the problem to one; called once per plan, from any thread.</summary>
    ContractionPath Find(ContractionProblem problem);
}
