using System.Numerics.Tensors;

namespace EinsumNet;

/// <content>The forms of <c>Eval</c> whose first operand tells the element type, so that the others convert to it.</content>
public sealed partial class EinsumEngine
{
    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, T first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, T[] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, T[,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, T[,,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, T[,,,] first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(string equation, Tensor<T> first, params ReadOnlySpan<Operand<T>> rest) where T : unmanaged => EvalFirst(equation, first, rest);

    Tensor<T> EvalFirst<T>(string equation, Operand<T> first, ReadOnlySpan<Operand<T>> rest) where T : unmanaged
    {
        var buffer = new OperandBuffer<T>();
        Span<Operand<T>> operands = rest.Length < OperandBuffer<T>.Length ? buffer : new Operand<T>[rest.Length + 1];
        operands[0] = first;
        rest.CopyTo(operands[1..]);
        return Eval(equation, operands[..(rest.Length + 1)]);
    }
}
