using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Gives every value its strides, so that each step becomes a loop nest: diagonals are sums of strides, broadcasts have none, intermediates are
/// dense. An arithmetic type other than the element type is reached by converting copies of the operands, and back at the end.
/// <code>%2 = ij,jk->ik (%0, %1)   --->   %out = contraction double a b -> out, left 10 (20 0 30), right 30 (0 1 1), contracted 20 (1 30 0) (%0, %1)</code>
/// </summary>
sealed class ChooseStrides
{
    readonly IndexProgram _program;
    readonly ElementType _element, _arithmetic;
    readonly Dictionary<int, Value> _values = [];
    readonly Value _result;
    readonly ImmutableArray<KernelStep>.Builder _steps = ImmutableArray.CreateBuilder<KernelStep>();
    readonly ImmutableArray<long>.Builder _intermediates = ImmutableArray.CreateBuilder<long>();

    /// <summary>A value of the kernel program: its number, its element type, its strides by label, and whether reading it conjugates.</summary>
    sealed record Value(int Number, ElementType Element, Dictionary<int, long> Strides, bool Conjugate = false);

    ChooseStrides(IndexProgram program, TensorLayout[] operands, TensorLayout result, ElementType element, ElementType arithmetic)
    {
        (_program, _element, _arithmetic) = (program, element, arithmetic);
        var bound = program.Bound;
        for (var i = 0; i < operands.Length; i++)
            _values[i] = new Value(i, element, operands[i].ByLabel(bound.Inputs[i]), bound.Equation.Inputs[i].IsConjugated && element == ElementType.Complex);
        _result = new Value(program.OperandCount, element, result.ByLabel(bound.Output));
    }

    internal static KernelProgram Run(IndexProgram program, TensorLayout[] operands, TensorLayout result, ElementType element, ElementType arithmetic) =>
        new ChooseStrides(program, operands, result, element, arithmetic).Run(result);

    KernelProgram Run(TensorLayout result)
    {
        var bound = _program.Bound;
        if (!bound.OutputShape.Contains(0))
        {
            // A sum over nothing is zero, and so is what lies beside the diagonal of a result that repeats a label.
            if (bound.HasEmptyLabel || bound.Output.Count(label => label != BoundEquation.NoLabel) > BoundEquation.Distinct(bound.Output).Length) Fill(result);
            if (!bound.HasEmptyLabel) Contract();
        }
        return KernelProgram.Create(_program.OperandCount, _steps.ToImmutable(), _intermediates.ToImmutable());
    }

    void Contract()
    {
        if (_arithmetic != _element)
            for (var i = 0; i < _program.OperandCount; i++) _values[i] = Convert(_values[i], _program.LabelsOf(i), _arithmetic, null);
        foreach (var (i, step) in _program.Steps.Index())
        {
            var isLast = i == _program.Steps.Length - 1;
            var made = isLast && _arithmetic == _element ? _result : Intermediate(step.Result, _arithmetic);
            Append(step.Operands.Select(value => _values[value]), made, label => (_program.RoleOf(step, label), _program.Bound.Labels[label].Size), _program.LabelsOf(step), i);
            _values[_program.OperandCount + i] = made;
            if (isLast && _arithmetic != _element) Convert(made, step.Result, _element, _result);
        }
    }

    /// <summary>Writes zero to every element of the result, its own axes as loops.</summary>
    void Fill(TensorLayout layout)
    {
        var shape = _program.Bound.OutputShape;
        var axes = Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] != 1).ToList();
        Append([], _result with { Strides = axes.ToDictionary(axis => axis, axis => layout.Strides[axis]) }, axis => (LoopRole.Free, shape[axis]), axes);
    }

    Value Convert(Value value, ImmutableArray<int> labels, ElementType element, Value? into)
    {
        into ??= Intermediate(labels, element);
        Append([value], into, label => (LoopRole.Free, _program.Bound.Labels[label].Size), labels);
        return into;
    }

    Value Intermediate(ImmutableArray<int> labels, ElementType element)
    {
        var sizes = labels.Select(label => _program.Bound.Labels[label].Size).ToArray();
        var bytes = (double)element.Size() * _program.Size(labels);
        if (bytes > long.MaxValue / 4) throw BindErrors.TooLarge(_program.Bound.Equation, "an intermediate", [.. sizes], element.Size());
        _intermediates.Add((long)bytes);
        return new Value(_program.OperandCount + _intermediates.Count, element, TensorLayout.RowMajor(sizes).ByLabel(labels));
    }

    void Append(IEnumerable<Value> operands, Value result, Func<int, (LoopRole Role, long Extent)> describe, IEnumerable<int> labels, int source = -1)
    {
        var values = operands.ToList();
        var loops = new List<Loop>();
        foreach (var label in labels)
        {
            var (role, extent) = describe(label);
            loops.Add(new Loop(extent, role, [.. values.Append(result).Select(value => value.Strides.GetValueOrDefault(label))]));
        }
        var merged = MergeLoops.Run(loops);
        var kind = KernelKinds.Classify(values.Count, [.. merged.Select(loop => loop.Role)]);
        var plan = new KernelPlan(
            kind, [.. values.Select(value => new KernelOperand(value.Element, value.Conjugate ? Elementwise.Conjugate : Elementwise.Identity))],
            new KernelOperand(result.Element), merged);
        KernelPlanVerifier.Check(plan);
        _steps.Add(new KernelStep(plan, [.. values.Select(value => value.Number)], result.Number, source));
    }
}
