using System.Runtime.CompilerServices;

namespace EinsumNet.Functions;

/// <content>Functions from lambdas.</content>
public static partial class Fn
{
    /// <summary>The function, compiled when it is first evaluated with operands of some shapes, and kept.</summary>
    /// <param name="function">Run once per list of shapes, on traced values; it must not keep them.</param>
    /// <param name="text">How the function was written; the compiler fills it in.</param>
    /// <param name="file">Where it was written, which errors name where the stack has no symbols; the compiler fills it in.</param>
    /// <param name="line">The line in the file; the compiler fills it in.</param>
    public static TensorFunction Jit(
        Func<TensorExpr, TensorExpr> function, [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Of(text, file, line, 1, function, operands => [function(operands[0])]);

    /// <inheritdoc cref="Jit(Func{TensorExpr, TensorExpr}, string, string, int)"/>
    public static TensorFunction Jit(
        Func<TensorExpr, TensorExpr, TensorExpr> function, [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Of(text, file, line, 2, function, operands => [function(operands[0], operands[1])]);

    /// <inheritdoc cref="Jit(Func{TensorExpr, TensorExpr}, string, string, int)"/>
    public static TensorFunction Jit(
        Func<TensorExpr, TensorExpr, TensorExpr, TensorExpr> function, [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Of(text, file, line, 3, function, operands => [function(operands[0], operands[1], operands[2])]);

    /// <summary>As the others, for any number of operands and results.</summary>
    public static TensorFunction JitAll(
        Func<TensorExpr[], TensorExpr[]> function, [CallerArgumentExpression(nameof(function))] string text = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new TensorFunction(text, function, line: SourceLine.Of(file, line));
    }

    static TensorFunction Of(string text, string file, int line, int arity, Delegate function, Func<TensorExpr[], TensorExpr[]> body)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new TensorFunction(
            text, operands => operands.Length == arity ? body(operands) : throw FunctionErrors.OperandCount(text, operands.Length, arity), line: SourceLine.Of(file, line));
    }
}
