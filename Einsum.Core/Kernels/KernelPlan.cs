using System.Collections.Immutable;
using System.Text;

namespace EinsumNet;

/// <summary>
/// One lowered step before any backend sees it: a perfect loop nest over a sum of products,
/// <c>out[free] = epilogue(sum over contracted of product of prologue(operand))</c>. Its text is its canonical form and the key of kernel caches.
/// </summary>
/// <param name="Kind">What the loops' roles make of it.</param>
/// <param name="Operands">What is multiplied, in the equation's order; none for a fill with zero.</param>
/// <param name="Result">What is written: its element type, which is also the type of the arithmetic unless the backend's kernels compute in a wider one, and its epilogue.</param>
/// <param name="Loops">The loops, by role, the output's outermost axes first; no loop has extent 1 and no two neighbours could be one.</param>
sealed record KernelPlan(KernelKind Kind, ImmutableArray<KernelOperand> Operands, KernelOperand Result, ImmutableArray<Loop> Loops)
{
    string? _text;

    /// <summary>For <c>with</c>: a changed copy has a text of its own.</summary>
    KernelPlan(KernelPlan other) => (Kind, Operands, Result, Loops) = (other.Kind, other.Operands, other.Result, other.Loops);

    internal ElementType Element => Result.Element;

    /// <summary>Whether operands and result are of one element type.</summary>
    internal bool IsOfOneType
    {
        get
        {
            foreach (var operand in Operands)
                if (operand.Element != Element) return false;
            return true;
        }
    }

    /// <summary>Whether operands and result are of one element type, and read and written as they are.</summary>
    internal bool IsPlain
    {
        get
        {
            foreach (var operand in Operands)
                if (operand.Element != Element || operand.Map != Elementwise.Identity) return false;
            return Result.Map == Elementwise.Identity;
        }
    }

    /// <summary>Whether a loop has no iteration at all.</summary>
    internal bool HasEmptyLoop
    {
        get
        {
            foreach (var loop in Loops)
                if (loop.Extent == 0) return true;
            return false;
        }
    }

    internal Loop[] LoopsOf(LoopRole role)
    {
        var count = 0;
        foreach (var loop in Loops)
            if (loop.Role == role) count++;
        var loops = new Loop[count];
        count = 0;
        foreach (var loop in Loops)
            if (loop.Role == role) loops[count++] = loop;
        return loops;
    }

    /// <summary>The loop of the role with the most iterations, the first of several; null where there is none.</summary>
    internal Loop? Longest(LoopRole role)
    {
        Loop? longest = null;
        foreach (var loop in Loops)
            if (loop.Role == role && (longest is null || loop.Extent > longest.Extent)) longest = loop;
        return longest;
    }

    /// <summary>How many iterations the loops of the role have together.</summary>
    internal long Extent(LoopRole role)
    {
        var product = 1L;
        foreach (var loop in Loops)
            if (loop.Role == role) product = checked(product * loop.Extent);
        return product;
    }

    /// <summary>Iterations of the whole nest, as a floating-point number because it may be huge.</summary>
    internal double Iterations
    {
        get
        {
            var product = 1.0;
            foreach (var loop in Loops) product *= loop.Extent;
            return product;
        }
    }

    /// <summary>
    /// The canonical form: <c>contraction double a b -> out, left 10 (20 0 30), right 30 (0 1 1), contracted 20 (1 30 0)</c>;
    /// in brackets the strides, in elements, of the operands and of the result.
    /// </summary>
    public override string ToString()
    {
        if (_text is not null) return _text;
        var text = new StringBuilder($"{Kind.Name()} {Element.Name()}");
        for (var i = 0; i < Operands.Length; i++) text.Append(' ').Append(Operands[i].Print(((char)('a' + i % 26)).ToString(), Element));
        text.Append(" -> ").Append(Result.Print("out", Element));
        foreach (var loop in Loops) text.Append(", ").Append(loop);
        return _text = text.ToString();
    }

    /// <summary>Whether the canonical forms are equal.</summary>
    public bool Equals(KernelPlan? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();
}

/// <summary>A tensor that a kernel reads or writes, and what is done to each element on the way in (prologue) or out (epilogue).</summary>
readonly record struct KernelOperand(ElementType Element, Elementwise Map = Elementwise.Identity)
{
    internal string Print(string name, ElementType arithmetic)
    {
        var typed = Element == arithmetic ? name : $"{Element.Name()} {name}";
        return Map == Elementwise.Identity ? typed : $"{Map.ToString().ToLowerInvariant()}({typed})";
    }
}

/// <summary>An elementwise function at a kernel's edge; a change of element type needs none, it is seen from the operand's own type.</summary>
enum Elementwise { Identity, Conjugate }
