using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// An einsum equation for some entries of its leading labels: all but the last of them are single, and gone from the equation.
/// <code>bhqd,bhkd->bhqk   --->   qd,kd->qk for each b and h, and so many q at a time</code>
/// </summary>
sealed unsafe class ContractPart : PartStep
{
    readonly Executable _whole;
    readonly Executable? _rest;
    readonly string _equation;
    readonly long _rows;
    readonly int _leading;
    /// <summary>Bytes from one entry of a leading axis to the next, for each operand and last the result.</summary>
    readonly long[][] _steps;

    internal ContractPart(ContractPlan contract, ImmutableArray<long> leading, long rows) : base(contract.Operands, [contract.Target])
    {
        (_leading, _rows) = (leading.Length, rows);
        var labels = contract.Output[..leading.Length];
        _equation = string.Concat(contract.Equation.Where(label => !labels[..^1].Contains(label)));
        ImmutableArray<(string Term, TensorType Type)> values = [.. contract.Terms.Zip(contract.Types), (contract.Output, contract.Result)];
        _steps = [.. values.Select(value => labels.Select(label => Stride(value.Term, value.Type, label)).ToArray())];
        _whole = Load(values, labels, rows);
        if (leading[^1] % rows is > 0 and var rest) _rest = Load(values, labels, rest);
    }

    internal override string Text => $"einsum {_equation}";

    /// <summary>In bytes; an axis of size 1 is the same for all entries.</summary>
    static long Stride(string term, TensorType type, char label)
    {
        var axis = term.IndexOf(label);
        return axis < 0 || type.Shape[axis] == 1 ? 0 : Positions.Strides(type.Shape)[axis] * type.Element.Size();
    }

    Executable Load(ImmutableArray<(string Term, TensorType Type)> values, string labels, long rows)
    {
        var engine = EngineScope.Current;
        var parts = values.Select(value => Part(value.Term, value.Type.Shape, labels, rows)).ToList();
        var plan = engine.PlanFor(_equation, values[0].Type.Element, [.. parts.SkipLast(1).Select(part => part.Shape)]);
        var program = Pipeline.ToKernels(plan.Program, [.. parts.SkipLast(1).Select(part => part.Layout)], parts[^1].Layout, values[0].Type.Element, plan.Arithmetic);
        // The blocks are what threads share.
        return engine.Options.Backend.Load(program, engine.Options.Settings with { MaxThreads = 1 });
    }

    static (Shape Shape, TensorLayout Layout) Part(string term, Shape shape, string labels, long rows)
    {
        var strides = Positions.Strides(shape);
        var kept = Enumerable.Range(0, term.Length).Where(axis => !labels[..^1].Contains(term[axis])).ToList();
        return ([.. kept.Select(axis => term[axis] == labels[^1] && shape[axis] != 1 ? rows : shape[axis])], new TensorLayout([.. kept.Select(axis => strides[axis])]));
    }

    internal override void Run(nint* addresses) => throw new InvalidOperationException("A part of a block does not run alone.");

    internal override void RunPart(nint* addresses, long* bounds)
    {
        Span<nint> own = stackalloc nint[Reads.Length + 1];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = addresses[i < Reads.Length ? Reads[i] : Writes[0]];
            for (var axis = 0; axis < _leading; axis++) own[i] += (nint)(bounds[2 * axis] * _steps[i][axis]);
        }
        var count = bounds[2 * _leading - 1] - bounds[2 * _leading - 2];
        (count == _rows ? _whole : _rest!).Run(own);
    }
}
