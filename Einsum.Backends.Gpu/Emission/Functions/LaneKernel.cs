using EinsumNet.Functions;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Reductions by many threads each: the lanes of a point step through its inner loops together, and combine their parts as a tree in local memory, always in the
/// same order.
/// </summary>
static class LaneKernel
{
    const int WarpLanes = 32;

    /// <summary>Above it a whole group works on one point.</summary>
    const int LongReduction = 2048;

    /// <summary>How many lanes are right for the kernel; 1 where a thread should do a point alone.</summary>
    internal static int Lanes(Kernel kernel, DeviceLimits limits)
    {
        if (!kernel.IsReduction || kernel.States.Any(state => state.Initial is not NumberExpr)) return 1;
        if (kernel.States.Sum(state => state.Element.Size()) * GridLoop.Threads > limits.LocalBytes / 2) return 1;
        var (points, depth) = (NestCode.Count(kernel.Free), NestCode.Count(kernel.Inner));
        var last = kernel.Loops - 1;
        // Neighbouring threads read neighbours: along the inner loops here, and along the free ones where a thread has a point.
        var isAlong = Kernel.Reach(kernel.BodyRoots).OfType<Functions.LoadExpr>().Any(load => Math.Abs(load.Place.Factors[last]) == 1);
        var isScarce = points < (double)Math.Max(1, limits.ComputeUnits) * GridLoop.Threads;
        if (depth < WarpLanes || !isAlong && !(isScarce && depth >= LongReduction)) return 1;
        return depth > LongReduction || depth > GridLoop.Threads && isScarce ? GridLoop.Threads : WarpLanes;
    }

    internal static FunctionKernel Emit(Kernel kernel, int lanes, EmitTarget target)
    {
        var code = new NestCode(kernel);
        var (body, free, inner) = (code.Body, NestCode.Digits(kernel.Free), NestCode.Digits(kernel.Inner));
        var (points, depth, sums) = (NestCode.Count(kernel.Free), (long)NestCode.Count(kernel.Inner), GridLoop.Threads / lanes);
        var thread = new BuiltinExpr(IrBuiltin.Thread);
        var lane = body.Let("lane", thread % lanes);
        var point = body.Let("point", new BuiltinExpr(IrBuiltin.Group) * sums + thread / lanes);
        var outer = free.Split(body, "i", point);
        var states = kernel.States.Select((state, n) => body.Variable($"s{n}", ElementCode.Number(state.Element, ((NumberExpr)state.Initial).Value))).ToList();
        body.If(point < (long)points, () =>
            body.For("k", lane, depth, lanes, k => code.Step(code.At([.. outer, .. inner.Split(body, "k", k)], states), states)));
        var parts = kernel.States.Select((state, n) => body.Local($"part{n}", state.Element == ElementType.Half ? ElementType.Float : state.Element, GridLoop.Threads)).ToList();
        for (var n = 0; n < parts.Count; n++) body.Store(parts[n], thread, states[n]);
        body.Barrier();
        for (var half = lanes / 2; half > 0; half /= 2)
        {
            var distance = half;
            body.If(lane < distance, () =>
            {
                for (var n = 0; n < parts.Count; n++)
                    body.Store(parts[n], thread, ElementCode.Apply(kernel.States[n].Combine!.Value, kernel.States[n].Element, [parts[n][thread], parts[n][thread + distance]]));
            });
            body.Barrier();
        }
        body.If(IrExpr.Equal(lane, 0) & (point < (long)points), () =>
        {
            for (var n = 0; n < parts.Count; n++) body.Set(states[n], parts[n][thread]);
            code.At([.. outer, .. kernel.Inner.Select(_ => (IrExpr)0)], states).Store(kernel.FinalStores);
        });
        return FunctionKernel.Of(code, code.Emit("lanes", GridLoop.Threads, Math.Ceiling(points / sums), target));
    }
}
