namespace EinsumNet.Backends.Cpu;

/// <summary>What the kernels for small extents have in common.</summary>
static class SmallPlan
{
    /// <summary>Whether operands and result are all of one type that fits tiles, as they are.</summary>
    internal static bool IsPlain(KernelPlan plan) =>
        plan.Operands.Length == 2
        && plan.Element.FitsTiles()
        && plan.IsPlain;

    /// <summary>The narrowest vectors that hold so many bytes, or the widest there are.</summary>
    internal static int BitsFor(long bytes, int widest)
    {
        var bits = 128;
        while (bits < widest && bits / 8 < bytes) bits *= 2;
        return bits;
    }
}
