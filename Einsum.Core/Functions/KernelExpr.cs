using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <summary>What a kernel computes for one point of its loops. Compared by reference: each is computed once per point.</summary>
abstract record KernelExpr(ElementType Element)
{
    internal virtual ImmutableArray<KernelExpr> Inputs => [];

    /// <summary>The same over other inputs.</summary>
    internal virtual KernelExpr With(ImmutableArray<KernelExpr> inputs) => this;

    public virtual bool Equals(KernelExpr? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>An element of a buffer, at a place that is affine in the loops' counters.</summary>
sealed record LoadExpr(ElementType Element, int Buffer, Affine Place) : KernelExpr(Element)
{
    public override string ToString() => $"%{Buffer}[{Place}]";
}

/// <summary>An element of a buffer at Place, and Stride elements further for each step of the position, which is held in [0, Size).</summary>
sealed record IndexedLoadExpr(ElementType Element, int Buffer, Affine Place, KernelExpr Position, long Stride, long Size) : KernelExpr(Element)
{
    internal override ImmutableArray<KernelExpr> Inputs => [Position];

    internal override KernelExpr With(ImmutableArray<KernelExpr> inputs) => this with { Position = inputs[0] };

    public override string ToString() => $"%{Buffer}[{Place} + {Stride} clamp({Position}, {Size})]";
}

/// <summary>A constant.</summary>
sealed record NumberExpr(ElementType Element, object Value) : KernelExpr(Element)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}");
}

/// <summary>An affine function of the loops' counters, as a long.</summary>
sealed record CounterExpr(Affine Value) : KernelExpr(ElementType.Long)
{
    public override string ToString() => $"({Value})";
}

/// <summary>A function of one element each.</summary>
sealed record ApplyExpr(ElementType Element, ElementFunction Function, ImmutableArray<KernelExpr> Operands) : KernelExpr(Element)
{
    internal override ImmutableArray<KernelExpr> Inputs => Operands;

    internal override KernelExpr With(ImmutableArray<KernelExpr> inputs) => this with { Operands = inputs };

    public override string ToString() => $"{Function.Text()}({string.Join(", ", Operands)})";
}

/// <summary>An element converted.</summary>
sealed record CastExpr(ElementType Element, KernelExpr Operand) : KernelExpr(Element)
{
    internal override ImmutableArray<KernelExpr> Inputs => [Operand];

    internal override KernelExpr With(ImmutableArray<KernelExpr> inputs) => this with { Operand = inputs[0] };

    public override string ToString() => $"{Element.Name()}({Operand})";
}

/// <summary>A state of the kernel: a carry, or a sum so far.</summary>
sealed record StateExpr(ElementType Element, int Index) : KernelExpr(Element)
{
    public override string ToString() => $"s{Index}";
}
