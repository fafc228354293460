using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>One launch of a program: a kernel, and which values its buffers are.</summary>
/// <param name="Values">The program's values, operands before the result, with the size of their elements.</param>
sealed record ProgramLaunch(LoadedKernel Kernel, EmittedKernel Emitted, ImmutableArray<(int Value, int ElementBytes)> Values);

/// <summary>What a kernel program is on a device: launches in order, and how much memory each operand and the result takes.</summary>
sealed class LaunchPlan
{
    internal LaunchPlan(DeviceSession session, KernelProgram program)
    {
        Program = program;
        var launches = ImmutableArray.CreateBuilder<ProgramLaunch>();
        var extents = new long[program.OperandCount + 1];
        foreach (var step in program.Steps)
        {
            MeasureExtents(step, extents);
            if (step.Plan.Loops.Any(loop => loop.Role != LoopRole.Contracted && loop.Extent == 0)) continue;
            CheckElements(session.Runtime.Limits, step.Plan);
            ImmutableArray<(int, int)> values =
                [.. step.Operands.Select((value, i) => (value, step.Plan.Operands[i].Element.Size())), (step.Result, step.Plan.Element.Size())];
            foreach (var emitted in KernelEmitter.Emit(step.Plan, session.Runtime.Limits, session.Runtime.Dialect, Options(session, step.Plan)))
            {
                launches.Add(new ProgramLaunch(session.Kernels.Get(emitted), emitted, values));
                ScratchBytes = Math.Max(ScratchBytes, emitted.ScratchBytes);
            }
        }
        Launches = launches.ToImmutable();
        Extents = [.. extents];
        // The first step that writes the result writes all of it: where it is a fill, the others only repeat parts.
        Result = program.Steps.FirstOrDefault(step => step.Result == program.OperandCount) is { } first ? new ResultLayout(first.Plan) : null;
    }

    internal KernelProgram Program { get; }

    internal ImmutableArray<ProgramLaunch> Launches { get; }

    /// <summary>Per operand and last the result: bytes from the first element to the end of the last; 0 where no step touches it.</summary>
    internal ImmutableArray<long> Extents { get; }

    internal long ScratchBytes { get; }

    /// <summary>Where the result's elements lie; null where it is empty.</summary>
    internal ResultLayout? Result { get; }

    /// <summary>
    /// Kernels take sizes and strides as arguments, as compiling one takes longer than most runs save; the tile is the one that was measured, where one was.
    /// </summary>
    static EmitOptions Options(DeviceSession session, KernelPlan plan) => EmitOptions.Default with { Tile = session.Tiles.Find(plan) };

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
        if (limits.HasDouble) return;
        foreach (var operand in plan.Operands.Append(plan.Result))
            if (operand.Element is ElementType.Double or ElementType.Complex) throw GpuErrors.ElementType(limits.Name, operand.Element);
    }
}
