namespace EinsumNet.Backends.Gpu;

/// <summary>In which order loops become one counter.</summary>
static class LoopOrder
{
    /// <summary>The loops of the roles, those last that move the tensor least, so that neighbouring threads touch neighbours; further tensors decide ties.</summary>
    internal static Loop[] ByStride(KernelPlan plan, Func<LoopRole, bool> roles, params ReadOnlySpan<int> tensors)
    {
        var loops = plan.Loops.Where(loop => roles(loop.Role)).ToArray();
        var order = tensors.ToArray();
        return [.. loops.OrderDescending(Comparer<Loop>.Create((left, right) => order.Select(tensor => Stride(left, tensor).CompareTo(Stride(right, tensor))).FirstOrDefault(sign => sign != 0)))];
    }

    /// <summary>A loop that does not move the tensor at all is the slowest: its neighbours are the same element.</summary>
    static long Stride(Loop loop, int tensor) => loop.Strides[tensor] == 0 ? long.MaxValue : loop.Strides[tensor];
}
