namespace EinsumNet.Backends.Cpu;

/// <summary>Runs one kernel where the result begins on a cache line, and another elsewhere.</summary>
sealed unsafe class ByAlignment(CpuKernel aligned, CpuKernel other) : CpuKernel
{
    internal override void Run(nint* addresses, CpuContext context) => (Lines.IsAligned(addresses[1]) ? aligned : other).Run(addresses, context);
}
