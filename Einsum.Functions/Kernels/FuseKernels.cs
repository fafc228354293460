using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Joins kernels of a plan with earlier ones over the same points, and drops what is then written for nobody.</summary>
static class FuseKernels
{
    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, int firstLocal)
    {
        var list = steps.ToList();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not NestPlan { Kernel: var kernel }) continue;
            for (var earlier = i - 1; earlier >= 0; earlier--)
            {
                if (list[earlier] is NestPlan { Kernel: var other } && JoinKernels.Run(other, kernel) is { } joined)
                {
                    list[earlier] = new NestPlan(WithoutUnread(joined, list, earlier, i, firstLocal));
                    list.RemoveAt(i--);
                    break;
                }
                if (list[earlier].Writes.Intersect(kernel.Reads).Any()) break;
            }
        }
        return [.. list];
    }

    /// <summary>The kernel without stores to intermediates that no other step reads.</summary>
    static Kernel WithoutUnread(Kernel kernel, List<PlannedStep> steps, int first, int second, int firstLocal)
    {
        var read = steps.Where((_, i) => i != first && i != second).SelectMany(step => step.Reads).Concat(kernel.Reads).ToHashSet();
        return kernel with { InnerStores = kernel.InnerStores.RemoveAll(IsUnread), FinalStores = kernel.FinalStores.RemoveAll(IsUnread) };

        bool IsUnread(KernelStore store) => store.Buffer >= firstLocal && !read.Contains(store.Buffer);
    }
}
