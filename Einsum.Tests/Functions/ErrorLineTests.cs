using System.Linq.Expressions;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Errors name the user's line where the stack has no symbols; a subclass per backend.</summary>
abstract class ErrorLineTests<TTarget> where TTarget : IFunctionTarget
{
    [Test]
    public void Names_the_line_that_made_the_function_where_the_stack_has_no_symbols()
    {
#line 7 "made.cs"
        var minimum = Fn.Jit(Fn.Min);
        var mapped = Fn.Vmap(Fn.Min);
        var inner = Fn.Jit((x, y) => minimum.Invoke(x, y));
#line default
        Assert.Multiple(() =>
        {
            Assert.That(ErrorWithoutSymbols(minimum, [2], [3]).Message, Does.StartWith("EIN0501").And.Contain("made.cs:7"));
            Assert.That(ErrorWithoutSymbols(minimum.On(TTarget.Engine), [2], [3]).Message, Does.Contain("made.cs:7"));
            Assert.That(ErrorWithoutSymbols(mapped, [4, 2], [4, 3]).Message, Does.Contain("made.cs:8"));
            Assert.That(ErrorWithoutSymbols(inner, [2], [3]).Message, Does.Contain("made.cs:9"), "the stack goes first: the lambda on line 9 has symbols");
            Assert.That(ErrorWithoutSymbols(Fn.Dot, [2, 2], [2, 2]).Message, Does.Not.Contain("made.cs"), "nothing of an earlier trace is left");
        });
    }

    /// <summary>Loops that are wrong, by code without symbols that says where it stands; their bodies are functions of the library, which have no line of the user.</summary>
    static IEnumerable<TestCaseData> Loops
    {
        get
        {
            Func<TensorExpr, TensorExpr, TensorExpr> least = Fn.Min;
            Expression<Func<TensorExpr, TensorExpr>>[] loops =
            [
                x => Fn.ForiLoop(0L, 3L, least, x, "loop.cs", 5),
                x => Fn.ForiLoop(x, x, least, x, "loop.cs", 5),
                x => Fn.Scan((carry, _) => default, new[] { x }, new TensorExpr[0], null, false, "loop.cs", 5).Carry[0],
                x => Fn.While(carry => carry, carry => carry, x, "loop.cs", 5),
                x => Fn.Map(part => part, x, 0L, "loop.cs", 5),
                x => Fn.AssociativeScan(least, x, 5, false, "loop.cs", 5),
            ];
            return loops.Select(loop => new TestCaseData(Fn.Jit(loop.Compile())).SetArgDisplayNames(((loop.Body as MethodCallExpression)?.Method.Name ?? "Scan") + " " + loop));
        }
    }

    [TestCaseSource(nameof(Loops))]
    public void Names_the_line_of_the_loop_where_the_stack_has_no_symbols(TensorFunction function) =>
        Assert.That(ErrorWithoutSymbols(function, [2]).Message, Does.Contain("loop.cs:5"));

    /// <summary>The error of explaining the function, called by emitted code on a thread of the pool: no frame of it has symbols.</summary>
    static EinsumException ErrorWithoutSymbols(TensorFunction function, params Shape[] shapes)
    {
        var span = Expression.Call(typeof(ReadOnlySpan<Shape>).GetMethod("op_Implicit", [typeof(Shape[])])!, Expression.Constant(shapes));
        var explain = typeof(TensorFunction).GetMethod(nameof(TensorFunction.Explain))!.MakeGenericMethod(typeof(double));
        var call = Expression.Lambda<Func<string>>(Expression.Call(Expression.Constant(function.On(TTarget.Engine)), explain, span)).Compile();
        return Assert.ThrowsAsync<EinsumException>(() => Task.Factory.StartNew(call, default, TaskCreationOptions.LongRunning, TaskScheduler.Default))!;
    }
}

/// <summary>On the processor.</summary>
sealed class CpuErrorLineTests : ErrorLineTests<CpuFunctionConformance.Target>;
