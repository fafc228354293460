using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>One launch of a program: a kernel, or a product by the vendor's library, and which values its buffers are.</summary>
/// <param name="Values">The program's values, operands before the result, with the size of their elements.</param>
abstract record ProgramLaunch(ImmutableArray<(int Value, int ElementBytes)> Values)
{
    internal sealed record Kernel(LoadedKernel Loaded, EmittedKernel Emitted, ImmutableArray<(int Value, int ElementBytes)> Values) : ProgramLaunch(Values)
    {
        internal override long ScratchBytes => Emitted.ScratchBytes;

        internal override void Run(GpuRuntime runtime, ReadOnlySpan<KernelBuffer> buffers) => runtime.Launch(Loaded, Emitted.Launch, buffers, Emitted.Arguments.AsSpan());
    }

    internal sealed record Library(LibraryProduct Product, ImmutableArray<(int Value, int ElementBytes)> Values) : ProgramLaunch(Values)
    {
        internal override void Run(GpuRuntime runtime, ReadOnlySpan<KernelBuffer> buffers) => runtime.Multiply(Product, buffers[0], buffers[1], buffers[2]);
    }

    /// <summary>How much memory the launch needs beside its values; it is the last of its buffers.</summary>
    internal virtual long ScratchBytes => 0;

    internal abstract void Run(GpuRuntime runtime, ReadOnlySpan<KernelBuffer> buffers);
}

/// <summary>What a kernel program is on a device: launches in order, and how much memory each operand and the result takes.</summary>
sealed class LaunchPlan
{
    readonly DeviceSession _session;
    Lazy<(ImmutableArray<ProgramLaunch> Launches, long ScratchBytes)> _compiled;

    /// <param name="isMember">Whether the program is one of a list, which may never be launched alone: its kernels are compiled when it is.</param>
    internal LaunchPlan(DeviceSession session, KernelProgram program, bool isMember)
    {
        (_session, Program) = (session, program);
        var extents = new long[program.OperandCount + 1];
        foreach (var step in program.Steps)
        {
            MeasureExtents(step, extents);
            CheckElements(session.Runtime.Limits, step.Plan);
        }
        Extents = [.. extents];
        // The first step that writes the result writes all of it: where it is a fill, the others only repeat parts.
        Result = program.Steps.FirstOrDefault(step => step.Result == program.OperandCount) is { } first ? new ResultLayout(first.Plan) : null;
        _compiled = new(Compile);
        if (!isMember) _ = Compiled;
    }

    internal KernelProgram Program { get; }

    /// <summary>The launches, and how much memory the one that needs most of it needs beside its values.</summary>
    internal (ImmutableArray<ProgramLaunch> Launches, long ScratchBytes) Compiled => Volatile.Read(ref _compiled).Value;

    /// <summary>The kernels that the next run takes, compiled or not, and how they are launched.</summary>
    internal IEnumerable<(string Source, Launch Launch)> Taken
    {
        get
        {
            var compiled = Volatile.Read(ref _compiled);
            var kernels = compiled.IsValueCreated ? compiled.Value.Launches.OfType<ProgramLaunch.Kernel>().Select(launch => launch.Emitted) : Steps.Where(step => _session.Product(step.Plan) is null).SelectMany(Emit);
            return kernels.Select(kernel => (kernel.Source, kernel.Launch));
        }
    }

    /// <summary>Takes the kernels that were measured since, from the next run on.</summary>
    internal void Renew() => Volatile.Write(ref _compiled, new(Compile));

    /// <summary>Per operand and last the result: bytes from the first element to the end of the last; 0 where no step touches it.</summary>
    internal ImmutableArray<long> Extents { get; }

    /// <summary>Where the result's elements lie; null where it is empty.</summary>
    internal ResultLayout? Result { get; }

    (ImmutableArray<ProgramLaunch>, long) Compile()
    {
        var (launches, scratch) = (ImmutableArray.CreateBuilder<ProgramLaunch>(), 0L);
        foreach (var step in Steps)
        {
            ImmutableArray<(int, int)> values =
                [.. step.Operands.Select((value, i) => (value, step.Plan.Operands[i].Element.Size())), (step.Result, step.Plan.Element.Size())];
            if (_session.Product(step.Plan) is { } product)
            {
                launches.Add(new ProgramLaunch.Library(product, values));
                continue;
            }
            foreach (var emitted in Emit(step))
            {
                launches.Add(new ProgramLaunch.Kernel(_session.Kernels.Get(emitted), emitted, values));
                scratch = Math.Max(scratch, emitted.ScratchBytes);
            }
        }
        return (launches.ToImmutable(), scratch);
    }

    /// <summary>The steps that write anything.</summary>
    IEnumerable<KernelStep> Steps => Program.Steps.Where(step => !step.Plan.Loops.Any(loop => loop.Role != LoopRole.Contracted && loop.Extent == 0));

    /// <summary>
    /// Kernels take sizes and strides as arguments, as compiling one takes longer than most runs save; the tile and the splits are those that were measured, where any were.
    /// </summary>
    IEnumerable<EmittedKernel> Emit(KernelStep step)
    {
        var options = _session.Tiles.Find(step.Plan) is { } best ? _session.Emission with { Tile = best.Tile, Splits = best.Splits } : _session.Emission;
        return KernelEmitter.Emit(step.Plan, _session.Runtime.Limits, _session.Runtime.Dialect, options);
    }

    static void MeasureExtents(KernelStep step, long[] extents)
    {
        if (step.Plan.Loops.Any(loop => loop.Extent == 0)) return;
        for (var i = 0; i <= step.Operands.Length; i++)
        {
            var (value, element) = i < step.Operands.Length ? (step.Operands[i], step.Plan.Operands[i].Element) : (step.Result, step.Plan.Element);
            if (value >= extents.Length) continue;
            extents[value] = Math.Max(extents[value], element.Size() * (1 + step.Plan.Loops.Sum(loop => (loop.Extent - 1) * loop.Strides[i])));
        }
    }

    static void CheckElements(DeviceLimits limits, KernelPlan plan)
    {
        if (Missing(limits, plan) is { } element) throw GpuErrors.ElementType(limits.Name, element);
    }

    /// <summary>Whether the device has all of the program's element types.</summary>
    internal static bool CanRun(DeviceLimits limits, KernelProgram program) => program.Steps.All(step => Missing(limits, step.Plan) is null);

    static ElementType? Missing(DeviceLimits limits, KernelPlan plan)
    {
        if (limits.HasDouble) return null;
        foreach (var operand in plan.Operands.Append(plan.Result))
            if (operand.Element is ElementType.Double or ElementType.Complex) return operand.Element;
        return null;
    }
}
