using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>
/// A contraction and what is computed of its result in place: by the thread that made a part of it, while that is in its cache, where the contraction's kernel
/// makes parts; else, or on another backend, of all of it behind the contraction.
/// </summary>
sealed unsafe class EpilogueStep : Step
{
    readonly ContractStep _contract;
    readonly NestStep _after;
    readonly PartDone? _done;

    internal EpilogueStep(EpiloguePlan plan) : base(plan.Reads, plan.Writes)
    {
        _contract = new ContractStep(plan.Contract);
        if (_contract.PartAxes is { } axes && plan.After.Kernel.Free.AsSpan().SequenceEqual(axes))
        {
            _after = new NestStep(plan.After.Kernel, axes.Length);
            _done = _after.RunPart;
        }
        else
        {
            _after = new NestStep(plan.After.Kernel);
        }
    }

    /// <summary>Whether threads go on with the parts that they made; a result of too few rows for them is gone on with as a whole.</summary>
    internal bool IsInParts => _done is not null;

    internal override string Text => $"{_contract.Text}, then {(IsInParts ? "in parts" : "in place")} {_after.Text}";

    internal override void Run(nint* addresses)
    {
        if (_done is not null)
        {
            _contract.Run(addresses, _done);
            return;
        }
        _contract.Run(addresses);
        _after.Run(addresses);
    }
}
