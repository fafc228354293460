using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Binds sizes to labels, and checks every rule of an equation against the operands' shapes.
/// <code>...ij,jk->...ik  [5, 3, 4] [4, 1]   --->   aij,j1->ai1  a=5 i=3 j=4</code>
/// </summary>
sealed class Binder
{
    readonly Equation _equation;
    readonly IReadOnlyList<Shape> _shapes;
    readonly BindingRules _rules;
    readonly int _ellipsisRank;

    // Occurrences by name, in the order of first appearance; the axes of the ellipsis are named ...0, ...1 from the left of the widest one.
    readonly OrderedDictionary<string, List<AxisAt>> _axes = [];

    Binder(Equation equation, IReadOnlyList<Shape> shapes, BindingRules rules)
    {
        (_equation, _shapes, _rules) = (equation, shapes, rules);
        CheckRanks();
        _ellipsisRank = equation.Inputs.Select((term, i) => term.HasEllipsis ? shapes[i].Rank - term.Labels.Length : 0).Max();
    }

    internal static BoundEquation Bind(Equation equation, IReadOnlyList<Shape> shapes, BindingRules rules)
    {
        if (shapes.Count == 0) throw BindErrors.NoOperand(equation);
        if (shapes.Count != equation.Inputs.Length) throw BindErrors.OperandCount(equation, shapes);
        return new Binder(equation, shapes, rules).Bind();
    }

    void CheckRanks()
    {
        for (var operand = 0; operand < _shapes.Count; operand++)
        {
            var (term, shape) = (_equation.Inputs[operand], _shapes[operand]);
            for (var axis = 0; axis < shape.Rank; axis++)
                if (shape[axis] < 0) throw BindErrors.NegativeSize(_equation, operand, axis, _shapes);
            if (term.HasEllipsis ? shape.Rank < term.Labels.Length : shape.Rank != term.Labels.Length && !IsScalar(term, shape))
                throw BindErrors.Rank(_equation, operand, _shapes);
        }
    }

    /// <summary>The platform's tensor has no rank 0, so a tensor of shape [1] stands for a scalar where the term is empty.</summary>
    static bool IsScalar(Subscripts term, Shape shape) => term.Labels.IsEmpty && shape.Rank == 1 && shape[0] == 1;

    BoundEquation Bind()
    {
        var inputs = _shapes.Select((_, operand) => NameAxes(operand)).ToList();
        for (var operand = 0; operand < inputs.Count; operand++)
            foreach (var (axis, (name, span)) in inputs[operand].Index())
                Note(name, new AxisAt(operand, axis, _shapes[operand][axis], span));

        var output = NameOutputAxes();
        var broadcast = ImmutableArray.CreateBuilder<string>();
        var sizes = new Dictionary<string, long>();
        foreach (var (name, axes) in _axes) sizes[name] = Unify(name, axes, broadcast);
        foreach (var name in output) AddGivenSize(name, sizes);

        var labels = sizes.Where(pair => pair.Value != 1).Select(pair => new BoundLabel(pair.Key, pair.Value)).ToImmutableArray();
        var ids = labels.Index().ToDictionary(pair => pair.Item.Name, pair => pair.Index);
        return new BoundEquation(
            _equation, [.. _shapes], labels,
            [.. inputs.Select((axes, operand) => axes.Select((axis, i) => _shapes[operand][i] == 1 ? BoundEquation.NoLabel : ids[axis.Name]).ToImmutableArray())],
            [.. output.Select(name => ids.GetValueOrDefault(name, BoundEquation.NoLabel))],
            [.. output.Select(name => sizes[name])],
            broadcast.ToImmutable());
    }

    List<(string Name, TextSpan Span)> NameAxes(int operand)
    {
        var term = _equation.Inputs[operand];
        var covered = term.HasEllipsis ? _shapes[operand].Rank - term.Labels.Length : 0;
        // A tensor of shape [1] that stands for a scalar has no axis to name.
        var names = term.Labels.Select((label, i) => (label.Name, term.LabelSpans[i])).ToList();
        if (term.HasEllipsis) names.InsertRange(term.EllipsisPosition, EllipsisAxes(covered).Select(name => (name, term.Span)));
        return names;
    }

    IEnumerable<string> EllipsisAxes(int count) => Enumerable.Range(_ellipsisRank - count, count).Select(i => $"...{i}");

    void Note(string name, AxisAt axis)
    {
        if (!_axes.TryGetValue(name, out var axes)) _axes.Add(name, axes = []);
        foreach (var other in axes)
            if (other.Operand == axis.Operand && other.Size != axis.Size) throw BindErrors.DiagonalMismatch(_equation, name, other, axis, _shapes);
        axes.Add(axis);
    }

    List<string> NameOutputAxes()
    {
        var term = _equation.Output;
        foreach (var group in term.Labels.Index().GroupBy(pair => pair.Item.Name))
            if (group.Count() > 1 && !_rules.OutputDiagonal)
                throw BindErrors.OutputLabelTwice(_equation, group.Key, [.. group.Select(pair => term.LabelSpans[pair.Index])]);
        foreach (var (i, label) in term.Labels.Index())
            if (!_axes.ContainsKey(label.Name) && !_rules.Sizes.ContainsKey(label.Name))
                throw BindErrors.UnknownOutputLabel(_equation, label.Name, term.LabelSpans[i]);
        var names = term.Labels.Select(label => label.Name).ToList();
        if (term.HasEllipsis) names.InsertRange(term.EllipsisPosition, EllipsisAxes(_ellipsisRank));
        return names;
    }

    /// <summary>The size of a label: what all its axes have, those of size 1 aside.</summary>
    long Unify(string name, List<AxisAt> axes, ImmutableArray<string>.Builder broadcast)
    {
        var widest = axes[Math.Max(0, axes.FindIndex(axis => axis.Size != 1))];
        foreach (var axis in axes)
        {
            if (axis.Size == widest.Size) continue;
            var (first, second) = axis.Operand < widest.Operand ? (axis, widest) : (widest, axis);
            if (axis.Size != 1)
                throw name.StartsWith('.') ? BindErrors.EllipsisMismatch(_equation, first, second, _shapes) : BindErrors.SizeMismatch(_equation, name, first, second, _shapes);
            if (_rules.IsStrict) throw BindErrors.StrictBroadcast(_equation, name, first, second, _shapes);
        }
        if (axes.Exists(axis => axis.Size != widest.Size)) broadcast.Add(name);
        if (_rules.Sizes.TryGetValue(name, out var given) && given != widest.Size)
            throw BindErrors.GivenSizeMismatch(_equation, name, given, widest, _shapes);
        return widest.Size;
    }

    /// <summary>The size of a label that only the output has.</summary>
    void AddGivenSize(string name, Dictionary<string, long> sizes)
    {
        if (sizes.ContainsKey(name)) return;
        if (_rules.Sizes[name] < 0) throw BindErrors.NegativeGivenSize(_equation, name, _rules.Sizes[name]);
        sizes[name] = _rules.Sizes[name];
    }
}
