using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>What the roles of a step's loops make of it; backends choose a family of kernels by it.</summary>
enum KernelKind
{
    /// <summary>No operand: the result is the sum over nothing, zero.</summary>
    Fill,

    /// <summary><c>ij->ji</c>: one operand, nothing summed; a copy is the simplest.</summary>
    Transpose,

    /// <summary><c>ij->i</c>: one operand, something summed.</summary>
    Reduction,

    /// <summary><c>bi,bi->b</c>: two operands, contracted labels, nothing free.</summary>
    Dot,

    /// <summary><c>bij,bj->bi</c>: two operands, contracted labels, one of them with free labels.</summary>
    MatrixVector,

    /// <summary><c>bij,bjk->bik</c>: two operands, contracted labels, both with free labels.</summary>
    Contraction,

    /// <summary><c>bi,bj->bij</c>: two operands, nothing contracted, both with free labels.</summary>
    Outer,

    /// <summary><c>ij,j->ij</c>, <c>ij,ij,j->i</c>: everything else, any number of operands.</summary>
    NAry,
}

static class KernelKinds
{
    internal static string Name(this KernelKind kind) => kind switch
    {
        KernelKind.MatrixVector => "matrix-vector",
        KernelKind.NAry => "n-ary",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>The kind of a nest of <paramref name="operands"/> operands with the given loops.</summary>
    internal static KernelKind Classify(int operands, ImmutableArray<Loop> loops)
    {
        var (left, right, contracted) = (false, false, false);
        foreach (var loop in loops)
        {
            left |= loop.Role == LoopRole.Left;
            right |= loop.Role == LoopRole.Right;
            contracted |= loop.Role == LoopRole.Contracted;
        }
        return Classify(operands, left, right, contracted);
    }

    /// <summary>The kind of a nest by the roles that its loops have.</summary>
    internal static KernelKind Classify(int operands, bool left, bool right, bool contracted) => (operands, contracted) switch
    {
        (0, _) => KernelKind.Fill,
        (1, false) => KernelKind.Transpose,
        (1, true) => KernelKind.Reduction,
        (2, true) => left && right ? KernelKind.Contraction : left || right ? KernelKind.MatrixVector : KernelKind.Dot,
        (2, false) when left && right => KernelKind.Outer,
        _ => KernelKind.NAry,
    };
}
