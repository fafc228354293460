using System.Collections.Frozen;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>
/// A product whose one axis falls into consecutive groups, each with its own slice of the operands, as in JAX's <c>ragged_dot_general</c>: the axis
/// may be free (<c>mk,gkn->mn</c>, rows m), contracted (<c>mk,kn->gmn</c>, depth k) or batch (<c>bmk,bkn->bmn</c>). No operand is expanded or padded.
/// </summary>
sealed class RaggedProduct<T> where T : unmanaged
{
    readonly EinsumEngine _engine;
    readonly Equation _equation, _perGroup;
    readonly string _ragged;
    readonly string? _group;

    internal RaggedProduct(EinsumEngine engine, Equation equation, string ragged, string? group)
    {
        (_engine, _equation, _ragged, _group) = (engine, equation, ragged, group);
        foreach (var term in equation.Inputs.Append(equation.Output)) CheckTerm(term);
        if (!equation.Inputs.Any(term => Axis(term, ragged) >= 0)) throw ManyErrors.RaggedLabel(equation, ragged, "is ragged, but no operand has it");
        if (Axis(equation.Output, ragged) < 0 && (group is null || Axis(equation.Output, group) < 0))
            throw ManyErrors.RaggedLabel(equation, ragged, "is ragged, but the output has neither it nor a label of the groups");
        _perGroup = Equation.Parse(group is null ? equation.ToString() : $"{string.Join(",", equation.Inputs.Select(Without))}->{Without(equation.Output)}");

        string Without(Subscripts term)
        {
            var at = Axis(term, group);
            return at < 0 ? term.ToString() : new Subscripts(term.Labels.RemoveAt(at), term.LabelSpans.RemoveAt(at), -1, term.IsConjugated, term.Span).ToString();
        }
    }

    internal Tensor<T> Eval(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<long> groupSizes)
    {
        var groups = Groups(operands, groupSizes, out var resultShape);
        // Rows past the last group and groups without entries are zero, so the result starts as zeros.
        var result = Tensor.CreateFromShape<T>([.. resultShape.Rank == 0 ? [1] : resultShape.Select(size => (nint)size)]);
        groups.Run(_engine.Options, operands, result);
        return result;
    }

    /// <summary>The same in the backend's memory, without a wait.</summary>
    internal ResidentTensor<T> EvalResident(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<long> groupSizes)
    {
        var groups = Groups(operands, groupSizes, out var resultShape);
        var result = _engine.Options.Backend.NewResident<T>(resultShape);
        try
        {
            if (!Covers(resultShape, groupSizes)) _engine.EvalInto("...->...", result, new Operand<T>(new T[1], resultShape, new long[resultShape.Rank], 0));
            groups.Run(_engine.Options, operands, result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Whether the groups write all of the result.</summary>
    bool Covers(Shape result, ReadOnlySpan<long> groupSizes)
    {
        var (ragged, hasGroup) = (Axis(_equation.Output, _ragged), Axis(_equation.Output, _group) >= 0);
        if (ragged < 0) return !groupSizes.Contains(0);
        var sum = 0L;
        foreach (var size in groupSizes) sum += size;
        return !hasGroup && sum == result[ragged];
    }

    GroupJob<T> Groups(ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<long> groupSizes, out Shape resultShape)
    {
        if (operands.Length != _equation.Inputs.Length) throw BindErrors.OperandCount(_equation, [.. operands.ToArray().Select(operand => operand.Shape)]);
        var layouts = new StridedShape[operands.Length];
        for (var i = 0; i < layouts.Length; i++) layouts[i] = LayoutReader.Of(operands[i]);
        resultShape = Check(layouts, groupSizes);
        var groups = new GroupJob<T>(operands.Length, groupSizes.Length);
        var planner = new CallPlanner(_engine, _perGroup, ElementTypes.Of(typeof(T)));
        var all = layouts.Append(new StridedShape(resultShape, TensorLayout.RowMajor(resultShape.AsSpan()).Strides)).ToArray();
        var words = new List<nint>();
        var start = 0L;
        for (var group = 0; group < groupSizes.Length; start += groupSizes[group++])
        {
            if (groupSizes[group] == 0) continue;
            words.Clear();
            for (var i = 0; i < all.Length; i++)
            {
                var (slice, offset) = Slice(all[i], i < operands.Length ? _equation.Inputs[i] : _equation.Output, group, start, groupSizes[group]);
                LayoutBuffer.Append(words, slice, isDestination: i == operands.Length);
                groups.AddSlice(offset, slice.Extent);
            }
            groups.Add(planner.For(group, CollectionsMarshal.AsSpan(words), specialise: groupSizes.Length <= CallPlanner.SpecialisedClasses));
        }
        return groups;
    }

    void CheckTerm(Subscripts term)
    {
        if (term.HasEllipsis) throw ManyErrors.RaggedLabel(_equation, _ragged, "is ragged, which an equation with an ellipsis cannot be");
        foreach (var label in new[] { _ragged, _group })
            if (label is not null && term.Labels.Count(other => other.Name == label) > 1) throw ManyErrors.RaggedLabel(_equation, label, "stands twice in one term, which a label of groups cannot");
    }

    static int Axis(Subscripts term, string? label)
    {
        for (var axis = 0; axis < term.Labels.Length; axis++)
            if (term.Labels[axis].Name == label) return axis;
        return -1;
    }

    /// <summary>Checks shapes and groups, and gives the shape of the result.</summary>
    Shape Check(StridedShape[] layouts, ReadOnlySpan<long> groupSizes)
    {
        var shapes = layouts.Select(layout => layout.Shape).ToArray();
        var rules = _engine.Options.Rules;
        if (_group is not null && Axis(_equation.Output, _group) >= 0)
            rules = rules with { Sizes = new Dictionary<string, long>(rules.Sizes) { [_group] = groupSizes.Length }.ToFrozenDictionary() };
        for (var i = 0; i < shapes.Length; i++)
        {
            // The axis of the groups is looked up, never broadcast or summed.
            var axis = Axis(_equation.Inputs[i], _group);
            if (axis >= 0 && axis < shapes[i].Rank && shapes[i][axis] != groupSizes.Length) throw ManyErrors.GroupCount(_group!, shapes[i][axis], groupSizes.Length);
        }
        var bound = Binder.Bind(_equation, shapes, rules);
        var (sum, size) = ((Int128)0, RaggedSize(shapes));
        for (var group = 0; group < groupSizes.Length; group++)
        {
            if (groupSizes[group] < 0) throw ManyErrors.NegativeGroup(group, groupSizes[group]);
            sum += groupSizes[group];
        }
        if (sum > size) throw ManyErrors.GroupsTooLong(_ragged, sum, size);
        return bound.OutputShape;
    }

    /// <summary>The size of the ragged label, the same in every operand that has it.</summary>
    long RaggedSize(Shape[] shapes)
    {
        var size = -1L;
        for (var i = 0; i < shapes.Length; i++)
        {
            var axis = Axis(_equation.Inputs[i], _ragged);
            if (axis < 0) continue;
            if (size >= 0 && shapes[i][axis] != size) throw ManyErrors.RaggedLabel(_equation, _ragged, $"is ragged, which does not broadcast: it has sizes {size} and {shapes[i][axis]}");
            size = shapes[i][axis];
        }
        return size;
    }

    /// <summary>One group's part of a tensor, and how many elements lie before it.</summary>
    (StridedShape Slice, long Offset) Slice(StridedShape tensor, Subscripts term, int group, long start, long count)
    {
        var (sizes, strides, offset) = (tensor.Shape.ToList(), tensor.Strides.ToList(), 0L);
        if (Axis(term, _ragged) is >= 0 and var ragged)
        {
            offset += start * strides[ragged];
            sizes[ragged] = count;
        }
        if (Axis(term, _group) is >= 0 and var axis)
        {
            offset += group * strides[axis];
            sizes.RemoveAt(axis);
            strides.RemoveAt(axis);
        }
        return (new StridedShape([.. sizes], [.. strides], tensor.IsResident), offset);
    }
}
