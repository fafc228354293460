using System.Collections.Immutable;
using System.Diagnostics;

namespace EinsumNet.Backends.Gpu;

/// <summary>What every kernel promises to the printers; checked as kernels are made in Debug builds.</summary>
sealed class IrVerifier
{
    readonly HashSet<string> _variables = [];
    readonly HashSet<IrArray> _arrays;

    /// <summary>Variables and arrays that threads of a group may have different values in.</summary>
    readonly HashSet<string> _divergent = [];

    string? _why;

    IrVerifier(IrKernel kernel)
    {
        _arrays = [.. kernel.Buffers, .. kernel.Locals];
        foreach (var size in kernel.Sizes) _variables.Add(size.Name);
    }

    [Conditional("DEBUG")]
    internal static void Check(IrKernel kernel)
    {
        if (WhyInvalid(kernel) is { } why) throw new InvalidOperationException($"The kernel is not valid: {why}.\n{BodyPrinter.Print(kernel)}");
    }

    internal static string? WhyInvalid(IrKernel kernel)
    {
        var names = kernel.Buffers.Concat(kernel.Locals).Select(array => array.Name).Concat(kernel.Sizes.Select(size => size.Name)).ToArray();
        if (names.Distinct().Count() < names.Length) return "two arrays or sizes have one name";
        var verifier = new IrVerifier(kernel);
        verifier.Block(kernel.Body, uniform: true);
        return verifier._why;
    }

    void Block(ImmutableArray<IrStatement> body, bool uniform)
    {
        var made = new List<string>();
        foreach (var statement in body) Statement(statement, uniform, made);
        foreach (var name in made) _variables.Remove(name);
    }

    void Statement(IrStatement statement, bool uniform, List<string> made)
    {
        foreach (var root in IrWalk.Roots(statement)) Expression(root);
        switch (statement)
        {
            case LetStatement let:
                Require(let.Variable.Type == let.Value.Type, $"{let.Variable.Name} has another type than its value");
                Make(let.Variable.Name, made);
                Mark(let.Variable.Name, uniform && IsUniform(let.Value));
                break;
            case SetStatement set:
                Require(_variables.Contains(set.Variable.Name), $"{set.Variable.Name} is not in scope");
                Require(set.Variable.Type == set.Value.Type, $"{set.Variable.Name} has another type than its value");
                Mark(set.Variable.Name, uniform && IsUniform(set.Value));
                break;
            case DeclareStatement declare: Require(_arrays.Add(declare.Array), $"{declare.Array.Name} is made twice"); break;
            case MoveStatement move:
                Require(uniform && IsUniform(move.By), $"not every thread moves {move.Array.Name} as far");
                Require(_arrays.Contains(move.Array) && move.Array.Space == IrSpace.Global && move.By.Type == IrType.Long, $"{move.Array.Name} cannot be moved");
                break;
            case StoreStatement store:
                Require(_arrays.Contains(store.Array) && store.Array is { Space: not IrSpace.Global } or { Written: true }, $"{store.Array.Name} cannot be written to");
                break;
            case LoadRunStatement run: Require(run.Registers.Space == IrSpace.Private && run.Source.Space == IrSpace.Local, "a run is read from local memory into registers"); break;
            case MmaStatement mma:
                Require(uniform, "not every thread comes to a matrix product");
                Require(mma.Sums.Element.Value() == mma.Kind.Sum && mma.X.Element.Value() == mma.Kind.Fragment && mma.Y.Element.Value() == mma.Kind.Fragment, "a matrix product's registers are of another type");
                break;
            case WgmmaStatement wgmma:
                Require(uniform, "not every thread comes to a matrix product");
                Require(wgmma.X.Array.Element == wgmma.Kind.Stored && wgmma.Y.Array.Element == wgmma.Kind.Stored && wgmma.Sums.Element == ElementType.Float && wgmma.Sums.Length == wgmma.Columns / 2, "a matrix product's arrays are of another type");
                Require(wgmma.X.Leading + wgmma.Y.Leading == 0 || wgmma.Kind == WgmmaKind.Half, "only halves may lie across the depth");
                Require(wgmma.X.Array.Alignment >= 1024 && wgmma.Y.Array.Alignment >= 1024, "a matrix in local memory is not aligned to 1024 bytes");
                break;
            case StartProductsStatement or CommitProductsStatement or WaitProductsStatement: Require(uniform, "not every thread comes to a matrix product"); break;
            case CopyAsyncStatement copy:
                Require(copy.Local.Space == IrSpace.Local && copy.Source.Space == IrSpace.Global, "a copy goes from global to local memory");
                Require(copy.Count * copy.Local.Element.Size() is 4 or 8 or 16, "a copy has 4, 8 or 16 bytes");
                break;
            case BarrierStatement: Require(uniform, "not every thread comes to a barrier"); break;
            case ForStatement loop:
                Require(!_variables.Contains(loop.Counter.Name), $"{loop.Counter.Name} is made twice");
                var same = uniform && IsUniform(loop.From) && IsUniform(loop.To) && IsUniform(loop.Step);
                Inner(loop.Body, same, loop.Counter.Name);
                break;
            case WhileStatement loop:
                Require(loop.Going.Type == IrType.Truth, "a condition is no truth");
                // Threads leave the loop at different times.
                Inner(loop.Body, false, null);
                break;
            case IfStatement branch:
                Require(branch.Condition.Type == IrType.Flag, "a condition is no flag");
                Inner(branch.Body, uniform && IsUniform(branch.Condition), null);
                break;
        }
    }

    void Inner(ImmutableArray<IrStatement> body, bool uniform, string? counter)
    {
        var made = new List<string>();
        if (counter is not null)
        {
            Make(counter, made);
            Mark(counter, uniform);
        }
        Block(body, uniform);
        foreach (var name in made) _variables.Remove(name);
    }

    void Expression(IrExpr root)
    {
        foreach (var expr in IrWalk.Reach(root))
        {
            switch (expr)
            {
                case VariableExpr variable: Require(_variables.Contains(variable.Name), $"{variable.Name} is not in scope"); break;
                case LoadExpr load: Require(_arrays.Contains(load.Array) && load.Place.Type == IrType.Index, $"{load.Array.Name} is not there, or its place is no index"); break;
                case ComplexExpr complex: Require(complex.Real.Type == IrType.Double && complex.Imaginary.Type == IrType.Double, $"{ExprPrinter.Print(complex)} is not of doubles"); break;
                case BinaryExpr binary: Require(binary.Left.Type == binary.Right.Type, $"{ExprPrinter.Print(binary)} is of two types"); break;
                case FmaExpr fma: Require(fma.Left.Type == fma.Type && fma.Right.Type == fma.Type, $"{ExprPrinter.Print(fma)} is of two types"); break;
                case SelectExpr select: Require(select.Then.Type == select.Else.Type && select.Condition.Type == IrType.Flag, $"{ExprPrinter.Print(select)} is of two types"); break;
            }
        }
    }

    /// <summary>What depends on the thread, or on memory that threads write to, may differ among them.</summary>
    bool IsUniform(IrExpr root) => IrWalk.Reach(root).All(expr => expr switch
    {
        BuiltinExpr builtin => builtin.Builtin != IrBuiltin.Thread,
        VariableExpr variable => !_divergent.Contains(variable.Name),
        LoadExpr load => load.Array is { Space: IrSpace.Global, Written: false },
        LoadWordExpr => false,
        _ => true,
    });

    void Make(string name, List<string> made)
    {
        Require(_variables.Add(name), $"{name} is made twice");
        made.Add(name);
    }

    void Mark(string name, bool uniform)
    {
        if (!uniform) _divergent.Add(name);
    }

    void Require(bool holds, string why)
    {
        if (!holds) _why ??= why;
    }
}
