using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>Einsum expressions, after NumPy's <c>einsum</c>: <c>Einsum.Eval("ij,jk->ik", a, b)</c>. Forwards to <see cref="EinsumEngine.Default"/>.</summary>
public static class Einsum
{
    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, T first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, T[] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, T[,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, T[,,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, T[,,,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, Tensor<T> first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, first, rest);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(string equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, operands);

    /// <inheritdoc cref="EinsumEngine.Eval{T}(Equation, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> Eval<T>(Equation equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged =>
        EinsumEngine.Default.Eval(equation, operands);

    /// <inheritdoc cref="EinsumEngine.EvalInto{T}(string, TensorSpan{T}, ReadOnlySpan{Operand{T}})"/>
    public static void EvalInto<T>(string equation, TensorSpan<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged =>
        EinsumEngine.Default.EvalInto(equation, destination, operands);

    /// <inheritdoc cref="EinsumEngine.EvalAsync"/>
    public static Task<Tensor<T>> EvalAsync<T>(string equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged =>
        EinsumEngine.Default.EvalAsync(equation, operands);

    /// <inheritdoc cref="EinsumEngine.Compile{T}(string, ReadOnlySpan{Shape})"/>
    public static EinsumExpression<T> Compile<T>(string equation, params ReadOnlySpan<Shape> shapes) where T : unmanaged =>
        EinsumEngine.Default.Compile<T>(equation, shapes);

    /// <inheritdoc cref="EinsumEngine.TryCompile{T}(string, out EinsumExpression{T}, ReadOnlySpan{Shape})"/>
    public static bool TryCompile<T>(string? equation, [NotNullWhen(true)] out EinsumExpression<T>? expression, params ReadOnlySpan<Shape> shapes)
        where T : unmanaged => EinsumEngine.Default.TryCompile(equation, out expression, shapes);

    /// <inheritdoc cref="EinsumEngine.Compile{T}(EinsumPlan)"/>
    public static EinsumExpression<T> Compile<T>(EinsumPlan plan) where T : unmanaged => EinsumEngine.Default.Compile<T>(plan);

    /// <inheritdoc cref="EinsumEngine.Plan(string, ReadOnlySpan{Shape})"/>
    public static EinsumPlan Plan(string equation, params ReadOnlySpan<Shape> shapes) => EinsumEngine.Default.Plan(equation, shapes);

    /// <inheritdoc cref="EinsumEngine.Plan{T}(string, ReadOnlySpan{Shape})"/>
    public static EinsumPlan Plan<T>(string equation, params ReadOnlySpan<Shape> shapes) where T : unmanaged => EinsumEngine.Default.Plan<T>(equation, shapes);

    /// <inheritdoc cref="EinsumEngine.EvalMany"/>
    public static Tensor<T>[] EvalMany<T>(string equation, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists) where T : unmanaged =>
        EinsumEngine.Default.EvalMany(equation, lists);

    /// <inheritdoc cref="EinsumEngine.EvalManyAsync"/>
    public static EinsumManyTask<T> EvalManyAsync<T>(string equation, CancellationToken cancellation, params ReadOnlySpan<IReadOnlyList<Operand<T>>> lists)
        where T : unmanaged => EinsumEngine.Default.EvalManyAsync(equation, cancellation, lists);

    /// <inheritdoc cref="EinsumEngine.CompileMany"/>
    public static EinsumBatch<T> CompileMany<T>(string equation, params ReadOnlySpan<IReadOnlyList<Shape>> shapes) where T : unmanaged =>
        EinsumEngine.Default.CompileMany<T>(equation, shapes);

    /// <inheritdoc cref="EinsumEngine.RaggedDot{T}(Operand{T}, Operand{T}, ReadOnlySpan{long})"/>
    public static Tensor<T> RaggedDot<T>(Operand<T> lhs, Operand<T> rhs, ReadOnlySpan<long> groupSizes) where T : unmanaged =>
        EinsumEngine.Default.RaggedDot(lhs, rhs, groupSizes);

    /// <inheritdoc cref="EinsumEngine.RaggedDot{T}(RaggedTensor{T}, Operand{T})"/>
    public static Tensor<T> RaggedDot<T>(RaggedTensor<T> lhs, Operand<T> rhs) where T : unmanaged => EinsumEngine.Default.RaggedDot(lhs, rhs);

    /// <inheritdoc cref="EinsumEngine.RaggedDot{T}(string, string, string, ReadOnlySpan{long}, ReadOnlySpan{Operand{T}})"/>
    public static Tensor<T> RaggedDot<T>(string equation, string ragged, string? group, ReadOnlySpan<long> groupSizes, params ReadOnlySpan<Operand<T>> operands)
        where T : unmanaged => EinsumEngine.Default.RaggedDot(equation, ragged, group, groupSizes, operands);
}
