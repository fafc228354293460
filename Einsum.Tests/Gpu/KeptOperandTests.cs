using System.Runtime.CompilerServices;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Gpu.Checked;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// Operands on the device that nobody else holds are there until the work that reads them is enqueued, however optimised the code is: whoever was given their memory before would
/// write to it first.
/// </summary>
[Parallelizable(ParallelScope.All)]
sealed class KeptOperandTests
{
    delegate object? Call(EinsumEngine engine, Operand<float>[] operands);

    static readonly (string Name, int Operands, Call Run)[] s_calls =
    [
        ("Eval", 1, (engine, x) => engine.Eval<float>("ij->ji", x)),
        ("Eval", 2, (engine, x) => engine.Eval<float>("ij,jk->ik", x)),
        ("Eval", 3, (engine, x) => engine.Eval<float>("ij,ij,ij->ij", x)),
        ("EvalAsync", 2, (engine, x) => engine.EvalAsync<float>("ij,jk->ik", x).Result),
        ("EvalResident", 1, (engine, x) => engine.EvalResident<float>("ij->ji", x)),
        ("EvalResident", 2, (engine, x) => engine.EvalResident<float>("ij,jk->ik", x)),
        ("EvalResident", 3, (engine, x) => engine.EvalResident<float>("ij,ij,ij->ij", x)),
        ("EvalMany", 2, (engine, x) => engine.EvalMany<float>("ij,jk->ik", x[..1], x[1..])),
        ("EvalManyResident", 2, (engine, x) => engine.EvalManyResident<float>("ij,jk->ik", x[..1], x[1..])),
        ("RaggedDot", 2, (engine, x) => engine.RaggedDot<float>("mk,kn->mn", "m", null, [3, 5], x)),
        ("RaggedDotResident", 2, (engine, x) => engine.RaggedDotResident<float>("mk,kn->mn", "m", null, [3, 5], x)),
        ("RaggedDotResident", 3, (engine, x) => engine.RaggedDotResident<float>("mk,mk,mk->mk", "m", null, [3, 5], x)),
        ("Function", 1, (engine, x) => Fn.Jit(x => x + x).On(engine).EvalResident<float>(x)),
        ("Function", 3, (engine, x) => Fn.Jit((x, y, z) => x + y * z).On(engine).EvalResident<float>(x)),
        ("CopyFrom", 1, (engine, x) =>
        {
            var copy = ((GpuBackend)engine.Options.Backend).Empty<float>([8, 8]);
            copy.CopyFrom(x[0]);
            return copy;
        }),
    ];

    [Test]
    public void They_are_kept_until_what_reads_them_is_enqueued()
    {
        // Code that is not optimised keeps everything until its end.
        using var process = ChildProcess.Start(["collected"], ("DOTNET_TieredCompilation", "0"));
        // It also ends well though what it forgets fails when it is collected.
        Assert.That(ChildProcess.Finish(process), Is.EqualTo($"{s_calls.Length} calls{Environment.NewLine}"));
    }

    /// <summary>What the process does.</summary>
    internal static int Run()
    {
        var driver = new FakeCuda { Parameters = 0 };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var lost = new List<string>();
        foreach (var (name, operands, call) in s_calls)
        {
            var made = new List<WeakReference>();
            var (enqueued, isLost) = (0, false);
            var operation = name == "CopyFrom" ? "cuMemcpyDtoDAsync" : "cuLaunchKernel";
            driver.BeforeCall = called =>
            {
                if (called != operation || enqueued++ > 0) return;
                GC.Collect();
                GC.WaitForPendingFinalizers();
                isLost = made.Exists(tensor => !tensor.IsAlive);
            };
            _ = call(engine, Make(backend, operands, made));
            driver.BeforeCall = null;
            if (isLost || enqueued == 0) lost.Add($"{name} of {operands}{(enqueued == 0 ? ", which enqueued nothing" : "")}");
        }
        Forget(backend);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        foreach (var each in lost) Console.Error.WriteLine(each);
        Console.WriteLine($"{s_calls.Length} calls");
        return lost.Count == 0 ? 0 : 1;
    }

    /// <summary>What its owner does wrong when it gets the memory back would end the process in a finalizer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Forget(GpuBackend backend) => _ = backend.Adopt<float>(1, [1], release: () => throw new InvalidOperationException("Its owner fails."));

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Operand<float>[] Make(GpuBackend backend, int count, List<WeakReference> made)
    {
        var operands = new Operand<float>[count];
        for (var i = 0; i < count; i++)
        {
            var tensor = backend.ToDevice(new Operand<float>(new float[64], [8, 8]));
            made.Add(new WeakReference(tensor));
            operands[i] = tensor;
        }
        return operands;
    }
}
