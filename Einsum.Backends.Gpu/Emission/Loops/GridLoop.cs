namespace EinsumNet.Backends.Gpu;

/// <summary><c>for (i = thread of all; i &lt; count; i += threads of all)</c>: points shared among all threads, neighbours to neighbours.</summary>
static class GridLoop
{
    internal const int Threads = 256;

    /// <summary>Groups per compute unit: enough to fill it while others wait for memory, few enough that starting them costs nothing.</summary>
    const int GroupsPerUnit = 32;

    internal static long Groups(double points, DeviceLimits limits) =>
        (long)Math.Clamp(Math.Ceiling(points / Threads), 1, Math.Max(limits.ComputeUnits, 1) * (double)GroupsPerUnit);

    /// <summary>Writes the loop; the body is given a function from a tensor to its place.</summary>
    internal static void Write(IrBuilder to, Digits free, Action<Func<int, IrExpr>> body)
    {
        var count = free.Extent(to, "count");
        var (thread, group, groups) = (new BuiltinExpr(IrBuiltin.Thread), new BuiltinExpr(IrBuiltin.Group), new BuiltinExpr(IrBuiltin.Groups));
        to.For("i", group * Threads + thread, count, groups * Threads, i =>
        {
            var digits = free.Split(to, "i", i);
            body(tensor => free.Offset(digits, tensor));
        });
    }
}
