using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A fused loop nest, emitted for the device.</summary>
sealed unsafe class DeviceNestStep : DeviceStep
{
    readonly Kernel _kernel;
    readonly Executable _executable;
    readonly int _addresses;

    internal DeviceNestStep(FunctionDevice device, Kernel kernel) : base(device, kernel.Reads, kernel.Writes)
    {
        _kernel = MergeKernelLoops.Run(kernel);
        _executable = device.Load(_kernel);
        _addresses = Reads.Concat(Writes).Max() + 2;
    }

    internal Kernel Kernel => _kernel;

    internal override bool MayFault => _kernel.MayFault;

    internal override string Text => $"{KernelText.Of(_kernel)}, {_executable}";

    internal override void Run(nint* addresses) => _executable.Run(new ReadOnlySpan<nint>(addresses - 1, _addresses));
}
