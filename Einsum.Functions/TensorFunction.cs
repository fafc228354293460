using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace EinsumNet.Functions;

/// <summary>
/// A function of tensors that was made by <see cref="Fn"/>: it can be called with traced values inside another function, mapped, and evaluated.
/// Compiled once for each list of shapes and element type, and kept. Thread-safe.
/// </summary>
public sealed class TensorFunction
{
    /// <summary>A function is compiled for so many lists of shapes at a time.</summary>
    const int Programs = 256;

    readonly Func<TensorExpr[], TensorExpr[]> _body;
    readonly string _text;
    readonly ProgramCache _programs;

    internal TensorFunction(string text, Func<TensorExpr[], TensorExpr[]> body, Term? term = null)
    {
        (_text, _body, Term) = (text, body, term);
        _programs = new ProgramCache(Programs);
    }

    /// <summary>The nest of vmaps, where the function is one.</summary>
    internal Term? Term { get; }

    /// <summary>The equation of a nest of Vmap around Dot, labelled from i in the order of appearance: <c>ij,jk->ik</c>.</summary>
    /// <exception cref="EinsumException">The function is no such nest (EIN0518).</exception>
    public string Equation => Term is null ? throw FunctionErrors.NoEquation(_text) : NestEquation.Raise(Term);

    /// <summary>Calls it with traced values, inside another function.</summary>
    /// <exception cref="EinsumException">It has another number of results (EIN0517), or what it does does not fit the operands.</exception>
    public TensorExpr Invoke(params ReadOnlySpan<TensorExpr> operands)
    {
        var results = InvokeAll(operands);
        return results is [var result] ? result : throw FunctionErrors.ResultCount("Invoke", results.Length, 1);
    }

    /// <summary>Calls it with traced values, for all its results.</summary>
    /// <exception cref="EinsumException">An operand is null (EIN0524), or what it does does not fit the operands.</exception>
    public TensorExpr[] InvokeAll(params ReadOnlySpan<TensorExpr> operands)
    {
        using var depth = TraceDepth.Enter();
        return Given.Values(_body(Given.Values([.. operands], _text, "operand")), _text, "result");
    }

    /// <summary>The result for these operands in a new tensor; of shape [1] where it is a scalar.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or its result has another element type (EIN0502).</exception>
    public Tensor<T> Eval<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged => Eval<T, T>(operands);

    /// <summary>As the other, where the result has another element type than the operands, such as the long of <see cref="TensorExpr.ArgMax"/>.</summary>
    public Tensor<TResult> Eval<T, TResult>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged where TResult : unmanaged
    {
        var program = _programs.For(this, operands, out var areDense);
        program.Expect<TResult>("Eval", 1);
        var result = Program.NewResult<TResult>(program.Graph.Results[0].Shape);
        program.Run<T, TResult>(operands, [result], areDense);
        return result;
    }

    /// <summary>All results for these operands, each in a new tensor.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or a result has another element type (EIN0502).</exception>
    public Tensor<T>[] EvalAll<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = _programs.For(this, operands, out var areDense);
        program.Expect<T>("EvalAll", program.Graph.Results.Length);
        Tensor<T>[] results = [.. program.Graph.Results.Select(result => Program.NewResult<T>(result.Shape))];
        program.Run<T, T>(operands, results, areDense);
        return results;
    }

    /// <summary>
    /// Writes the result into a tensor of exactly its shape. Allocates nothing once the shapes were seen, where operands and destination are
    /// dense and do not overlap, and every step is compiled (see <see cref="Explain{T}"/>).
    /// </summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or the destination has another shape (EIN0521).</exception>
    public void InvokeInto<T>(TensorSpan<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = _programs.For(this, operands, out var areDense);
        program.Expect<T>("InvokeInto", 1);
        program.RunInto(operands, destination, areDense);
    }

    /// <summary>As the other, where the result is a vector, or a scalar in an array of one element: some 20 ns sooner.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or the destination has another shape (EIN0521).</exception>
    public void InvokeInto<T>(T[] destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(destination);
        var program = _programs.For(this, operands, out var areDense);
        program.Expect<T>("InvokeInto", 1);
        program.RunInto(operands, destination, areDense);
    }

    /// <summary>The graph, the kernels, and what each reads and writes, for operands of these shapes.</summary>
    public string Explain<T>(params ReadOnlySpan<Shape> shapes) where T : unmanaged => Compile<T>(shapes).ToString();

    internal Program Compile<T>(params ReadOnlySpan<Shape> shapes) where T : unmanaged
    {
        var element = Elements.Of<T>();
        return Compile([.. shapes.ToArray().Select(shape => new TensorType(element, shape))]);
    }

    internal Program Compile(ImmutableArray<TensorType> types) => Program.Compile(Trace(types));

    internal Graph Trace(ImmutableArray<TensorType> types) => Graph.Trace(_body, types);

    /// <summary>How it was written.</summary>
    public override string ToString() => Term?.ToString() ?? _text;
}
