using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>
/// A contraction, what its kernel asks for of its operands, computed block by block as it reads them, and what is computed of its result in place: by the thread
/// that made a part of it, while that is in its cache, where the contraction's kernel makes parts; else, or on another backend, of all of it behind the contraction.
/// </summary>
sealed unsafe class FusedContractStep : Step
{
    readonly ContractStep _contract;
    readonly NestStep?[] _before;
    readonly NestStep? _after;
    readonly KernelHooks _hooks;
    readonly int _buffers;
    readonly bool _isHooked;

    internal FusedContractStep(FusedContractPlan plan, int buffers) : base(plan.Reads, plan.Writes)
    {
        (_contract, _buffers) = (new ContractStep(plan.Contract), buffers);
        _before = [.. plan.Before.Select(kernel => kernel is null ? null : new NestStep(kernel, kernel.Free.Length))];
        if (plan.After is { } after) _after = new NestStep(after, plan.InParts ? after.Free.Length : 0);
        _hooks = new KernelHooks([.. _before.Select((step, operand) => step is null ? default : SourceOf(step, plan.Contract.Operands[operand]))], plan.InParts ? _after!.RunPart : null);
        _isHooked = IsInParts || ComputedOperands > 0;
    }

    /// <summary>Whether threads go on with the parts that they made; a result that they had better cut by columns is gone on with as a whole.</summary>
    internal bool IsInParts => _hooks.Done is not null;

    /// <summary>How many operands are computed block by block.</summary>
    internal int ComputedOperands => _before.Count(step => step is not null);

    internal override string Text
    {
        get
        {
            var before = string.Concat(_before.Select((step, operand) => step is null ? "" : $", operand {operand} in blocks {step.Text}"));
            return $"{_contract.Text}{before}{(_after is null ? "" : $", then {(IsInParts ? "in parts" : "in place")} {_after.Text}")}";
        }
    }

    OperandSource SourceOf(NestStep step, int buffer)
    {
        return new OperandSource(Write, step.Kernel.WorkEach);

        void Write(nint* addresses, long* bounds, nint origin)
        {
            var own = stackalloc nint[_buffers];
            new ReadOnlySpan<nint>(addresses, _buffers).CopyTo(new Span<nint>(own, _buffers));
            own[buffer] = origin;
            step.RunPart(own, bounds);
        }
    }

    internal override void Run(nint* addresses)
    {
        if (_isHooked) _contract.Run(addresses, _hooks);
        else _contract.Run(addresses);
        if (!IsInParts) _after?.Run(addresses);
    }
}
