using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>
/// Gives every value its strides, so that each step becomes a loop nest: diagonals are sums of strides, broadcasts have none, intermediates are
/// dense. An arithmetic type other than the element type is reached by converting copies of the operands, and back at the end, unless nothing is multiplied or summed, or the backend's kernels convert as they read
/// and write; intermediates are of the arithmetic type either way.
/// <code>%2 = ij,jk->ik (%0, %1)   --->   %out = contraction double a b -> out, left 10 (20 0 30), right 30 (0 1 1), contracted 20 (1 30 0) (%0, %1)</code>
/// </summary>
sealed class ChooseStrides
{
    readonly IndexProgram _program;
    readonly ElementType _element, _arithmetic;
    readonly EinsumBackend? _mixing;
    readonly bool _specialise;
    readonly Value[] _values;
    readonly Value _result;
    readonly ImmutableArray<KernelStep>.Builder _steps = ImmutableArray.CreateBuilder<KernelStep>();
    readonly ImmutableArray<long>.Builder _intermediates = ImmutableArray.CreateBuilder<long>();

    /// <summary>A value of the kernel program: its number, its element type, its stride by label, and whether reading it conjugates.</summary>
    sealed record Value(int Number, ElementType Element, long[] Strides, bool Conjugate = false);

    ChooseStrides(IndexProgram program, TensorLayout[] operands, TensorLayout result, ElementType element, ElementType arithmetic, EinsumBackend? mixing, bool specialise)
    {
        (_program, _element, _arithmetic, _mixing, _specialise) = (program, element, arithmetic, mixing, specialise);
        var bound = program.Bound;
        _values = new Value[operands.Length + program.Steps.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            var isConjugated = bound.Equation.Inputs[i].IsConjugated && element == ElementType.Complex;
            _values[i] = new Value(i, element, operands[i].ByLabel(bound.Inputs[i], bound.Labels.Length), isConjugated);
        }
        _result = new Value(program.OperandCount, element, result.ByLabel(bound.Output, bound.Labels.Length));
    }

    /// <param name="program">The steps.</param>
    /// <param name="operands">Where the operands lie.</param>
    /// <param name="result">Where the result lies.</param>
    /// <param name="element">Their element type.</param>
    /// <param name="arithmetic">What is multiplied and summed.</param>
    /// <param name="mixing">The backend whose kernels compute in the arithmetic type on elements of the other, if they do.</param>
    /// <param name="specialise">Whether kernels may be compiled for these very sizes and strides.</param>
    internal static KernelProgram Run(
        IndexProgram program, TensorLayout[] operands, TensorLayout result, ElementType element, ElementType arithmetic, EinsumBackend? mixing = null, bool specialise = true) =>
        new ChooseStrides(program, operands, result, element, arithmetic, mixing, specialise).Run(result);

    KernelProgram Run(TensorLayout result)
    {
        var bound = _program.Bound;
        if (!bound.OutputShape.AsSpan().Contains(0))
        {
            // A sum over nothing is zero, and so is what lies beside the diagonal of a result that repeats a label.
            if (bound.HasEmptyLabel || bound.RepeatsOutputLabel) Fill(result);
            if (!bound.HasEmptyLabel) Contract();
        }
        return KernelProgram.Create(_program.OperandCount, _steps.ToImmutable(), _intermediates.ToImmutable());
    }

    void Contract()
    {
        for (var i = 0; i < _program.Steps.Length; i++)
        {
            var step = _program.Steps[i];
            var isLast = i == _program.Steps.Length - 1;
            var made = isLast ? _result : Intermediate(step.Result, _arithmetic);
            if (_arithmetic != _element)
            {
                var stays = Unconverted(step, made);
                foreach (var (place, operand) in step.Operands.Index())
                    if (!stays[place]) Widen(operand);
                if (!stays[^1] && made.Element != _arithmetic) made = Intermediate(step.Result, _arithmetic);
            }
            Append(OperandsOf(step), made, _program.RolesOf(step), i);
            _values[_program.OperandCount + i] = made;
            if (isLast && made != _result) Convert(made, step.Result, _element, _result);
        }
    }

    /// <summary>Which operands, and last whether the result, the step reads and writes as they are.</summary>
    bool[] Unconverted(IndexStep step, Value made)
    {
        var plan = Plan(OperandsOf(step), made, Loops(OperandsOf(step), made, _program.RolesOf(step)));
        // What is only moved is neither multiplied nor summed.
        if (plan.Kind == KernelKind.Transpose && plan.Operands[0].Element == plan.Element) return [true, true];
        return _mixing is null ? new bool[plan.Operands.Length + 1] : _mixing.Unconverted(plan, _arithmetic, _specialise);
    }

    Value[] OperandsOf(IndexStep step) => Array.ConvertAll(ImmutableCollectionsMarshal.AsArray(step.Operands)!, value => _values[value]);

    /// <summary>Has the value be of the arithmetic type from now on.</summary>
    void Widen(int value)
    {
        if (_values[value].Element != _arithmetic) _values[value] = Convert(_values[value], _program.LabelsOf(value), _arithmetic, null);
    }

    /// <summary>Writes zero to every element of the result, its own axes as loops.</summary>
    void Fill(TensorLayout layout)
    {
        var loops = new List<Loop>();
        foreach (var (axis, size) in _program.Bound.OutputShape.Index())
            if (size != 1) loops.Add(new Loop(size, LoopRole.Free, [layout.Strides[axis]]));
        Append([], _result, loops, source: -1);
    }

    Value Convert(Value value, ImmutableArray<int> labels, ElementType element, Value? into)
    {
        into ??= Intermediate(labels, element);
        Append([value], into, [.. labels.Select(label => new LabelRole(label, LoopRole.Free))], source: -1);
        return into;
    }

    Value Intermediate(ImmutableArray<int> labels, ElementType element)
    {
        var sizes = labels.Select(label => _program.Bound.Labels[label].Size).ToArray();
        var bytes = (double)element.Size() * _program.Size(labels);
        if (bytes > long.MaxValue / 4) throw BindErrors.TooLarge(_program.Bound.Equation, "an intermediate", [.. sizes], element.Size());
        _intermediates.Add((long)bytes);
        return new Value(_program.OperandCount + _intermediates.Count, element, TensorLayout.RowMajor(sizes).ByLabel(labels, _program.Bound.Labels.Length));
    }

    void Append(Value[] operands, Value result, LabelRole[] labels, int source) => Append(operands, result, Loops(operands, result, labels), source);

    List<Loop> Loops(Value[] operands, Value result, LabelRole[] labels)
    {
        var loops = new List<Loop>(labels.Length);
        foreach (var (label, role) in labels)
        {
            var strides = new long[operands.Length + 1];
            for (var i = 0; i < operands.Length; i++) strides[i] = operands[i].Strides[label];
            strides[^1] = result.Strides[label];
            loops.Add(new Loop(_program.Bound.Labels[label].Size, role, ImmutableCollectionsMarshal.AsImmutableArray(strides)));
        }
        return loops;
    }

    void Append(Value[] operands, Value result, List<Loop> loops, int source) =>
        _steps.Add(new KernelStep(Plan(operands, result, loops), ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(operands, operand => operand.Number)), result.Number, source));

    static KernelPlan Plan(Value[] operands, Value result, List<Loop> loops)
    {
        var merged = MergeLoops.Run(loops);
        var kernelOperands = Array.ConvertAll(operands, operand => new KernelOperand(operand.Element, operand.Conjugate ? Elementwise.Conjugate : Elementwise.Identity));
        var plan = new KernelPlan(
            KernelKinds.Classify(operands.Length, merged), ImmutableCollectionsMarshal.AsImmutableArray(kernelOperands), new KernelOperand(result.Element), merged);
        KernelPlanVerifier.Check(plan);
        return plan;
    }
}
