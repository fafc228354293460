using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Cpu;
using EinsumNet.Tests.Gpu.Ptx;

namespace EinsumNet.Tests.Gpu;

/// <summary>Lists of products of different sizes in one launch, each member against the naive loop.</summary>
[Parallelizable(ParallelScope.All)]
sealed class GroupedTests
{
    /// <summary>Members of a list that is not the whole one.</summary>
    const int Few = 4;

    static readonly string[] s_equations = ["ij,jk->ik", "ji,jk->ik", "bij,bkj->bik", "ij,j->i", "i,i->", "i,j->ij"];

    [Test]
    public void Members_of_any_sizes([ValueSource(nameof(s_equations))] string equation, [Values(ElementType.Float, ElementType.Complex, ElementType.Half, ElementType.Short)] ElementType element) =>
        Check(equation, element, new GroupedLaunch(null), members: 9, tile: new TileShape(16, 16, 16, 1, 1));

    [Test]
    public void One_member_and_the_models_tile() => Check("ij,jk->ik", ElementType.Double, new GroupedLaunch(null), members: 1, tile: null);

    [Test]
    public void On_tensor_cores([Values("ij,jk->ik", "ji,kj->ik", "bij,bkj->bik")] string equation, [Values(ElementType.Half, ElementType.Double)] ElementType element, [Values] bool isAligned) =>
        Check(equation, element, new GroupedLaunch(null, isOnTensorCores: true), members: 6, tile: new TileShape(32, 32, element == ElementType.Half ? 32 : 16, 16, 16, 3), multiple: isAligned ? 16 : 1);

    [Test]
    public void Tensor_cores_take_lists_whose_members_fill_them()
    {
        var target = Limits.Cuda(80);
        Assert.That(Name(ElementType.Half, 100, EmitOptions.Default), Is.EqualTo("grouped_tensor_core"));
        Assert.That(Name(ElementType.Half, 9, EmitOptions.Default), Is.EqualTo("grouped"));
        Assert.That(Name(ElementType.Float, 100, EmitOptions.Default), Is.EqualTo("grouped"));
        Assert.That(Name(ElementType.Float, 100, new EmitOptions(Precision: MatrixPrecision.Tf32)), Is.EqualTo("grouped_tensor_core"));

        string Name(ElementType element, long size, EmitOptions options) => GroupedEmitter.Emit(
            [.. Enumerable.Range(0, 3).Select(i => new GroupedMember(EquationPlan.Make("ij,jk->ik", element, _ => size + i), 0, 0, 0))], target, KernelDialect.Cuda, options).Kernel.EntryPoint;
    }

    [Test]
    public void Where_members_lie_leaves_no_trace_in_the_text([Values(ElementType.Float, ElementType.Half)] ElementType element)
    {
        Assert.That(Source(1L << 44), Is.EqualTo(Source(0)).And.Contains("typedef i32 idx;"));

        string Source(long start) => GroupedEmitter.Emit([.. new[] { 100, 200 }.Select(size => new GroupedMember(EquationPlan.Make("ij,jk->ik", element, _ => size), start, start, start))],
            Limits.Cuda(80), KernelDialect.Cuda, EmitOptions.Default).Kernel.Source;
    }

    [Test]
    public void On_a_device([ValueSource(nameof(s_equations))] string equation) => Check(equation, ElementType.Float, new GroupedLaunch(TestDevices.Runtime), members: 20, tile: new TileShape(16, 16, 16, 1, 1));

    internal static void Check(string equation, ElementType element, GroupedLaunch launch, int members, TileShape? tile, int multiple = 1, bool isWide = false)
    {
        var random = new Random(5);
        // Up to one tile and a half.
        var most = (tile?.Rows ?? 26) * 3 / 2;
        var plans = Enumerable.Range(0, members).Select(_ =>
        {
            var sizes = "bijk".ToDictionary(label => label, label => label == 'b' ? random.Next(2, 4) : random.Next(12) == 0 ? 0L : (random.Next(2, most) + multiple - 1) / multiple * multiple);
            return EquationPlan.Make(equation, element, label => sizes[label]);
        }).ToArray();
        // A member without rows that has more terms than 32 bits count makes the indices of all wide.
        if (isWide) plans = [.. plans, EquationPlan.Make(equation, element, label => label switch { 'i' => 0, 'j' => 1L << 31, _ => 2 })];
        Assert.That(plans.All(GroupedProblem.Fits));
        Assert.That(plans.Any(Reach.NeedsWideIndex), Is.EqualTo(isWide));
        // Each check looks at the memory of one member: of all of them first, then of shorter and shorter lists, the last of which has one.
        for (var i = 0; i < members; i++)
        {
            var isWhole = i == 0 || members <= Few;
            PlanData.Check(plans[i], launch.Of(isWhole ? plans : plans[i..Math.Min(members, i + Few)], isWhole ? i : 0, new EmitOptions(Tile: tile)), random);
        }
    }
}

/// <summary>Runs a list of products with one launch: interpreted, on a device, or its text without one, where tensors may be reached by their addresses, as those that lie in several places are.</summary>
sealed unsafe class GroupedLaunch(GpuRuntime? runtime, bool isOnTensorCores = false, DeviceLimits? ptx = null, bool isByAddress = false)
{
    internal CpuKernel Of(KernelPlan[] plans, int member, EmitOptions options) => new Member(runtime, ptx, isByAddress, plans, member, isOnTensorCores ? options with { Family = "tensor-core" } : options);

    /// <summary>A list of which one member has data and the others have ones.</summary>
    internal sealed class Member(GpuRuntime? runtime, DeviceLimits? ptx, bool isByAddress, KernelPlan[] plans, int member, EmitOptions options) : CpuKernel
    {
        internal override void Run(nint* addresses, CpuContext context)
        {
            var size = plans[0].Element.Size();
            var (a, b, c) = (Lay(0), Lay(1), Lay(2));
            var members = plans.Select((plan, i) => new GroupedMember(plan, Start(0) + a[i], Start(1) + b[i], Start(3) + c[i])).ToArray();
            var (limits, dialect) = runtime is not null ? (runtime.Limits, runtime.Dialect) : ptx is not null ? (ptx, KernelDialect.Cuda) : options.Family is null ? (Limits.Card, KernelDialect.OpenCL) : (Limits.Cuda(80), KernelDialect.Cuda);
            var (kernel, table) = GroupedEmitter.Emit(members, limits, dialect, options);
            Assert.That(IrVerifier.WhyInvalid(kernel.Kernel!), Is.Null, () => kernel.Source);
            var memory = new[] { a[^1], b[^1], c[^1] }.Select(elements => new byte[Math.Max(1, elements) * size]).ToArray();
            var starts = new[] { a[member], b[member], c[member] };
            for (var i = 0; i < 3; i++) new Span<byte>((void*)addresses[i], Bytes(plans[member], i)).CopyTo(memory[i].AsSpan((int)starts[i] * size));
            var buffers = new[] { memory[0], memory[1], MemoryMarshal.AsBytes(table.AsSpan()).ToArray(), memory[2] };
            if (ptx is not null) Pinned(buffers, starts => PtxLaunch.Run(kernel, PlanOnPtx.Architecture(ptx), [.. starts.Select((start, i) => new PtxBuffer(start, buffers[i].Length, 1, IsByAddress: isByAddress && i != 2))]));
            else if (runtime is null) Interpret(kernel, buffers, [size, size, sizeof(long), size]);
            else Launch(runtime, kernel, buffers);
            buffers[3].AsSpan((int)starts[2] * size, Bytes(plans[member], 2)).CopyTo(new Span<byte>((void*)addresses[2], Bytes(plans[member], 2)));

            long Start(int buffer) => isByAddress ? (long)PtxGlobal.AddressOf(buffer) / size : 0;
        }

        static void Interpret(Backends.Gpu.EmittedKernel kernel, byte[][] buffers, int[] sizes) =>
            Pinned(buffers, starts => IrInterpreter.Run(kernel.Kernel!, kernel.Launch.GroupsX, [.. starts.Select((start, i) => (start, (long)buffers[i].Length / sizes[i]))], kernel.Arguments));

        static void Launch(GpuRuntime runtime, Backends.Gpu.EmittedKernel kernel, byte[][] buffers) => Pinned(buffers, starts =>
        {
            var memory = buffers.Select(buffer => runtime.TryAllocate(buffer.Length)).ToArray();
            for (var i = 0; i < memory.Length; i++) runtime.Write(memory[i], 0, starts[i], buffers[i].Length);
            runtime.Launch(TestDevices.Kernel(runtime, kernel), kernel.Launch, [.. memory.Select(buffer => new KernelBuffer(buffer, 0))], kernel.Arguments.AsSpan());
            runtime.Read(memory[3], 0, starts[3], buffers[3].Length);
            runtime.Synchronize();
            foreach (var buffer in memory) runtime.Free(buffer);
        });

        /// <summary>Transfers go on after the calls that ask for them: what they read and write stays where it is.</summary>
        static void Pinned(byte[][] buffers, Action<nint[]> action)
        {
            var pins = buffers.Select(buffer => GCHandle.Alloc(buffer, GCHandleType.Pinned)).ToArray();
            action([.. pins.Select(pin => pin.AddrOfPinnedObject())]);
            foreach (var pin in pins) pin.Free();
        }

        /// <summary>Where the members' tensors start, one after the other, and where the last ends.</summary>
        long[] Lay(int tensor)
        {
            var starts = new long[plans.Length + 1];
            for (var i = 0; i < plans.Length; i++) starts[i + 1] = starts[i] + Bytes(plans[i], tensor) / plans[i].Element.Size() + 8;
            return starts;
        }

        static int Bytes(KernelPlan plan, int tensor) => plan.Loops.Any(loop => loop.Extent == 0 && (loop.Strides[tensor] != 0 || tensor < 2 || loop.Role != LoopRole.Contracted))
            ? 0 : plan.Element.Size() * (int)(1 + plan.Loops.Sum(loop => Math.Max(loop.Extent - 1, 0) * loop.Strides[tensor]));
    }
}
