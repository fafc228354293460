using System.Numerics;
using System.Numerics.Tensors;

namespace EinsumNet.Benchmarks;

/// <summary>The members of a list one after the other on one thread, each with an expression compiled for its sizes: our rate of single products.</summary>
sealed class SingleProducts<T> where T : unmanaged, INumber<T>
{
    readonly EinsumExpression<T>[] _expressions;
    readonly Operand<T>[][] _operands;
    readonly Tensor<T>[] _results;

    internal SingleProducts(RaggedList<T> list)
    {
        var engine = new EinsumEngine(new EinsumOptions { MaxThreads = 1 });
        _expressions = [.. list.Sizes.Select(size => engine.Compile<T>(RaggedList<T>.Equation, [size.M, size.K], [size.K, size.N]))];
        _operands = [.. list.Left.Zip(list.Right, (left, right) => new[] { left, right })];
        _results = [.. list.Sizes.Select(size => Tensor.CreateFromShape<T>([size.M, size.N]))];
    }

    internal void Run()
    {
        for (var i = 0; i < _expressions.Length; i++) _expressions[i].InvokeInto(_results[i], _operands[i]);
    }
}
