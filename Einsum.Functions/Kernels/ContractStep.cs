using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>An einsum equation by the engine's kernels.</summary>
sealed unsafe class ContractStep : Step
{
    readonly Executable _executable;
    readonly EinsumPlan _plan;

    internal ContractStep(EinsumPlan plan, ImmutableArray<int> reads, int write) : base(reads, [write])
    {
        var options = EinsumEngine.Default.Options;
        (_plan, _executable) = (plan, options.Backend.Load(plan.Kernels, options.Settings));
    }

    internal override string Text => $"einsum {_plan.Equation}";

    internal override void Run(nint* addresses)
    {
        Span<nint> own = stackalloc nint[Reads.Length + 1];
        for (var i = 0; i < Reads.Length; i++) own[i] = addresses[Reads[i]];
        own[^1] = addresses[Writes[0]];
        _executable.Run(own);
    }
}
