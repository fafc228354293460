using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// A parsed einsum equation such as <c>ij,jk->ik</c>: one term per operand and the output's term, with an implicit output
/// already worked out. Made by <c>Equation.Parse</c>; immutable; equal where the canonical texts are.
/// </summary>
public sealed class Equation : IEquatable<Equation>
{
    readonly string _canonical;

    internal Equation(string text, ImmutableArray<Subscripts> inputs, Subscripts? output)
    {
        Text = text;
        Inputs = inputs;
        IsOutputImplicit = output is null;
        Output = output ?? ImplicitOutput.Of(inputs, text.Length);
        _canonical = $"{string.Join(",", Inputs)}->{Output}";
    }

    /// <summary>The text as it was written.</summary>
    public string Text { get; }

    /// <summary>The operands' terms, at least one.</summary>
    public ImmutableArray<Subscripts> Inputs { get; }

    /// <summary>The output's term, worked out by NumPy's rule where the text has no <c>-&gt;</c>.</summary>
    public Subscripts Output { get; }

    /// <summary>Whether the text has no <c>-&gt;</c>.</summary>
    public bool IsOutputImplicit { get; }

    /// <summary>The canonical text: no white space, the output written out, single letters without brackets.</summary>
    public override string ToString() => _canonical;

    /// <summary>Whether both have the same canonical text.</summary>
    public bool Equals(Equation? other) => other is not null && _canonical == other._canonical;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Equation);

    /// <inheritdoc/>
    public override int GetHashCode() => _canonical.GetHashCode();
}
