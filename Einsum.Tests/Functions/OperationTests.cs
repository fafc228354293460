using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Every operation compiled against the interpreter, as it is and in blocks.</summary>
[Parallelizable(ParallelScope.All)]
sealed class OperationTests
{
    [TestCaseSource(typeof(Operations), nameof(Operations.Cases))]
    public void Compiled_agrees_with_the_interpreter(Func<TensorExpr, TensorExpr, TensorExpr> operation)
    {
        var random = new Random(3);
        var (x, y) = (Run.Numbers(random, [3, 4]), Run.Numbers(random, [3, 4]));
        var function = Fn.Jit(operation);
        Run.AreClose(Run.Compiled(function, x, y)[0], Run.Interpreted(function, x, y)[0], function.Explain<double>([3, 4], [3, 4]));
        Run.AreClose(Run.InBlocks(function, x, y)[0], Run.Interpreted(function, x, y)[0], "in blocks");
    }
}
