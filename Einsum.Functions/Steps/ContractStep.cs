using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>An einsum equation by the engine's kernels.</summary>
sealed unsafe class ContractStep : Step
{
    readonly Executable _executable;
    readonly EinsumPlan _plan;

    internal ContractStep(ContractPlan contract) : base(contract.Operands, [contract.Target])
    {
        var options = EngineScope.Current.Options;
        var plan = PlanOf(contract);
        (_plan, _executable) = (plan, options.Backend.Load(plan.Kernels, options.Settings));
    }

    /// <summary>How the engine in scope contracts it.</summary>
    internal static EinsumPlan PlanOf(ContractPlan contract) =>
        EngineScope.Current.PlanFor(contract.Equation, contract.Types[0].Element, [.. contract.Types.Select(type => type.Shape)]);

    /// <summary>Its kernels, for dense operands.</summary>
    internal KernelProgram Kernels => _plan.Kernels;

    internal override string Text => $"einsum {_plan.Equation}";

    /// <summary>The sizes of the result's axes, where the kernel makes it in parts along them.</summary>
    internal long[]? PartAxes => (_executable as SingleExecutable)?.PartAxes;

    /// <summary>How the kernel asks for an operand block by block; null where it does not.</summary>
    internal OperandBlocks? BlocksOf(int operand) => (_executable as SingleExecutable)?.BlocksOf(operand);

    internal override void Run(nint* addresses)
    {
        Span<nint> own = stackalloc nint[Reads.Length + 1];
        Fill(own, addresses);
        _executable.Run(own);
    }

    /// <summary>The same with what is computed in between, from the addresses of all buffers; see <see cref="PartAxes"/> and <see cref="BlocksOf"/>.</summary>
    internal void Run(nint* addresses, KernelHooks hooks)
    {
        var own = stackalloc nint[Reads.Length + 1];
        Fill(new Span<nint>(own, Reads.Length + 1), addresses);
        ((SingleExecutable)_executable).Run(own, hooks, addresses);
    }

    void Fill(Span<nint> own, nint* addresses)
    {
        for (var i = 0; i < Reads.Length; i++) own[i] = addresses[Reads[i]];
        own[^1] = addresses[Writes[0]];
    }
}
