namespace EinsumNet.Tool;

/// <summary>The descriptions that <c>--help</c> shows.</summary>
static class Help
{
    internal const string Root = """
        Evaluates and plans einsum equations on NumPy files.

        Examples:
          einsum eval "ij,jk->ik" a.npy b.npy -o c.npy
          einsum eval "ij,j->i" model.npz:weights x.npy
          einsum plan "ij,jk,kl->il" 100x20 20x300 300x5
          einsum demo

        The quotes keep the shell from reading the > of an equation.
        """;

    internal const string Equation = "The equation, such as \"ij,jk->ik\".";

    internal const string File = "One file per operand: A.npy, A.npz where it holds one array, or A.npz:MEMBER.";

    internal const string Shape = "One shape per operand: 10x20, 10,20 or (10, 20); () or scalar for no axes.";
}
