using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// The device that tests run on, with each step in the family that the options name wherever that can run it: left to themselves, steps so small are all nests. Operands, intermediates and
/// results are copied for each step.
/// </summary>
sealed unsafe class FamilyBackend(EmitOptions options) : EinsumBackend
{
    readonly GpuFamily _family = GpuFamilies.All.Single(family => family.Name == options.Family);

    /// <summary>How often each kernel was launched, by its entry point.</summary>
    internal ConcurrentDictionary<string, int> Launches { get; } = new();

    public override string Name => $"{options.Family} on {TestDevices.Device}";

    internal override CacheStatistics KernelStatistics => default;

    internal override bool ComputesIn(ElementType arithmetic, ElementType element) => TestDevices.Backend.ComputesIn(arithmetic, element);

    internal override Executable Load(KernelProgram program, RunSettings settings) => new Steps(program, this);

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => TestDevices.Backend.Share(ref job, tasks, maxThreads);

    internal override string Describe(KernelPlan plan) => KernelEmitter.Describe(plan, TestDevices.Runtime.Limits, TestDevices.Runtime.Dialect, Options(plan));

    EmitOptions Options(KernelPlan plan) => _family.CanRun(plan, new EmitTarget(TestDevices.Runtime.Limits, TestDevices.Runtime.Dialect, options)) ? options : EmitOptions.Default;

    sealed class Steps(KernelProgram program, FamilyBackend backend) : Executable
    {
        static readonly CpuContext s_context = new(1, CancellationToken.None);

        internal override void Run(ReadOnlySpan<nint> addresses)
        {
            var workspace = (nint)NativeMemory.Alloc((nuint)Math.Max(1, program.WorkspaceBytes));
            nint[] values = [.. addresses, .. program.WorkspaceOffsets.Select(offset => workspace + (nint)offset)];
            try
            {
                foreach (var step in program.Steps)
                {
                    var kernel = new PlanOnDevice(step.Plan, TestDevices.Runtime, backend.Options(step.Plan), entry => backend.Launches.AddOrUpdate(entry, 1, (_, count) => count + 1));
                    fixed (nint* places = (nint[])[.. step.Operands.Select(operand => values[operand]), values[step.Result]]) kernel.Run(places, s_context);
                }
            }
            finally
            {
                NativeMemory.Free((void*)workspace);
            }
        }
    }
}
