using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>A kernel program with its kernels: runs them one after the other over the operands, the result and a rented workspace.</summary>
sealed unsafe class CpuExecutable : Executable
{
    readonly KernelProgram _program;
    readonly CpuKernel[] _kernels;
    readonly CpuContext _context;

    internal CpuExecutable(KernelProgram program, CpuKernel[] kernels, CpuContext context, bool isGeneral) =>
        (_program, _kernels, _context, IsGeneral) = (program, kernels, context, isGeneral);

    internal override bool IsGeneral { get; }

    internal override void Run(ReadOnlySpan<nint> addresses)
    {
        _context.Cancellation.ThrowIfCancellationRequested();
        if (_kernels.Length == 0) return;
        var workspace = _program.WorkspaceBytes > 0 ? NativePool.Rent(_program.WorkspaceBytes) : default;
        try
        {
            RunSteps(addresses, workspace.Address);
        }
        finally
        {
            if (workspace.Address is not null) NativePool.Return(workspace);
        }
    }

    [SkipLocalsInit]
    void RunSteps(ReadOnlySpan<nint> addresses, byte* workspace)
    {
        const int onStack = 64;
        var count = addresses.Length + _program.WorkspaceOffsets.Length;
        Span<nint> values = count <= onStack ? stackalloc nint[onStack] : new nint[count];
        addresses.CopyTo(values);
        for (var i = 0; i < _program.WorkspaceOffsets.Length; i++) values[addresses.Length + i] = (nint)(workspace + _program.WorkspaceOffsets[i]);

        Span<nint> arguments = stackalloc nint[onStack];
        for (var i = 0; i < _kernels.Length; i++)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            var step = _program.Steps[i];
            if (step.Operands.Length >= arguments.Length) arguments = new nint[step.Operands.Length + 1];
            for (var operand = 0; operand < step.Operands.Length; operand++) arguments[operand] = values[step.Operands[operand]];
            arguments[step.Operands.Length] = values[step.Result];
            fixed (nint* first = arguments) _kernels[i].Run(first, _context);
        }
    }
}
