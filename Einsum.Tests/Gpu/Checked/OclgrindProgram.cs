using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;

namespace EinsumNet.Tests.Gpu.Checked;

/// <summary>
/// What runs under Oclgrind: small plans of every kind one after the other on the one device that
/// there is. Oclgrind is serial, and gives a group at most 32 KiB of local memory.
/// </summary>
static class OclgrindProgram
{
    /// <summary>Equations with the sizes of their labels; together they reach every family of kernels.</summary>
    static readonly (string Equation, string Sizes, ElementType[] Elements)[] s_plans =
    [
        ("->i", "i5", [ElementType.Float, ElementType.Byte]),
        ("i->i", "i70", [ElementType.Half, ElementType.Complex]),
        ("ij->ji", "i19 j23", [ElementType.Float, ElementType.Byte, ElementType.Double, ElementType.Complex]),
        ("bij->bji", "b3 i9 j17", [ElementType.Half]),
        ("ij->i", "i3 j90", [ElementType.Float, ElementType.Int]),
        ("ij->j", "i90 j3", [ElementType.Double]),
        ("i->", "i300", [ElementType.Float, ElementType.Half, ElementType.Bool]),
        ("i,i->", "i300", [ElementType.Float, ElementType.Complex]),
        ("ij,j->i", "i17 j33", [ElementType.Float, ElementType.Long]),
        ("ij,i->j", "i33 j17", [ElementType.Float]),
        ("ij,jk->ik", "i18 j21 k19", [ElementType.Float, ElementType.Double, ElementType.Half, ElementType.Int, ElementType.Complex, ElementType.Bool]),
        ("bij,bjk->bik", "b2 i9 j5 k7", [ElementType.Float]),
        ("i,j->ij", "i11 j13", [ElementType.Float]),
        ("i,i,i->", "i70", [ElementType.Float]),
        ("ij,ij,j->i", "i7 j20", [ElementType.Double]),
    ];

    internal static int Run(string what)
    {
        var device = OpenClDevice.Find().Devices.Single();
        using var runtime = new OpenClRuntime(device);
        if (what == "broken")
        {
            WriteBehindTheEnd(runtime);
            return 0;
        }
        if (what == "racing")
        {
            ReadTooSoon(runtime);
            return 0;
        }
        var (random, count, families) = (new Random(1), 0, new HashSet<string>());
        foreach (var (equation, sizes, elements) in s_plans)
        {
            var size = sizes.Split(' ').ToDictionary(label => label[0], label => long.Parse(label[1..]));
            foreach (var element in elements)
            {
                Check(EquationPlan.Make(equation, element, label => size[label]), EmitOptions.Default);
            }
        }
        foreach (var (plan, options) in CheckedFamilies.Lines.Select(FamilyPlans.Parse)) Check(plan, options);
        foreach (var (plan, options) in CheckedFamilies.TwoStages.Select(FamilyPlans.Parse))
        {
            Assert.That(KernelEmitter.Emit(plan, runtime.Limits, runtime.Dialect, options), Has.Length.EqualTo(2), $"{plan}");
            Check(plan, options);
        }
        // Tensor cores are CUDA's.
        Assert.That(families, Is.EquivalentTo(GpuFamilies.All.Where(family => family is not (MmaFamily or WgmmaFamily)).Select(family => family.Name)));
        CheckedFamilies.RunLists(runtime);
        count += CheckedFunctions.Run(device);
        Console.WriteLine($"{count} plans on {device.Limits.Name}");
        return 0;

        void Check(KernelPlan plan, EmitOptions options)
        {
            PlanData.Check(plan, new PlanOnDevice(plan, runtime, options), random);
            families.Add(KernelEmitter.Describe(plan, runtime.Limits, runtime.Dialect, options));
            count++;
        }
    }

    static void ReadTooSoon(OpenClRuntime runtime)
    {
        // There is no barrier between what a thread writes and another reads.
        const string source = "__kernel void f(__global int* x, long offset) { __local int shared[16]; int i = get_local_id(0); shared[i] = i; x[i] = shared[15 - i]; }";
        using var kernel = runtime.Build(source, "f");
        runtime.Launch(kernel, new Launch(16, 1, 1, 1, 1, 1, 0), [new KernelBuffer(runtime.TryAllocate(16 * sizeof(int)), 0)], []);
        runtime.Synchronize();
    }

    static void WriteBehindTheEnd(OpenClRuntime runtime)
    {
        using var kernel = runtime.Build("__kernel void f(__global int* x, long offset) { x[get_global_id(0) + 1] = 1; }", "f");
        runtime.Launch(kernel, new Launch(16, 1, 1, 4, 1, 1, 0), [new KernelBuffer(runtime.TryAllocate(64 * sizeof(int)), 0)], []);
        runtime.Synchronize();
    }
}
