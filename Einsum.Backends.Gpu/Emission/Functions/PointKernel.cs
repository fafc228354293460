using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// A thread per point of the free loops, which runs the inner loops itself with the states in registers:
/// <c>for i: s = 0; for k: s = f(s, a[i, k]); b[i] = s</c>. It runs everything.
/// </summary>
static class PointKernel
{
    internal static FunctionKernel Emit(Kernel kernel, EmitTarget target)
    {
        var code = new NestCode(kernel);
        var (body, digits, count) = (code.Body, NestCode.Digits(kernel.Free), NestCode.Count(kernel.Free));
        var (thread, group, groups) = (new BuiltinExpr(IrBuiltin.Thread), new BuiltinExpr(IrBuiltin.Group), new BuiltinExpr(IrBuiltin.Groups));
        body.For("i", group * GridLoop.Threads + thread, (long)count, groups * GridLoop.Threads, i =>
        {
            var free = digits.Split(body, "i", i);
            if (kernel is { Condition: not null, MayFault: true }) code.Failed = body.Variable("failed", new WholeExpr(IrType.Truth, 0));
            // The inner loops stand at their starts where what begins and ends there is computed.
            var before = code.At([.. free, .. kernel.Inner.Select(_ => (IrExpr)0)], []);
            var states = kernel.States.Select((state, n) => body.Variable($"s{n}", before.Value(state.Initial))).ToList();
            if (kernel.Condition is not null)
            {
                ImmutableArray<IrExpr> point = [.. free, 0];
                var going = body.Variable("going", code.Goes(point, states));
                body.While(going, () =>
                {
                    code.Step(code.At(point, states), states);
                    body.Set(going, code.Goes(point, states));
                });
            }
            else if (!kernel.Inner.IsEmpty) code.Inner(inner => code.Step(code.At([.. free, .. inner], states), states));
            code.At([.. free, .. kernel.Inner.Select(_ => (IrExpr)0)], states).Store(kernel.FinalStores);
        });
        return FunctionKernel.Of(code, code.Emit("points", GridLoop.Threads, GridLoop.Groups(count, target.Limits), target));
    }
}
