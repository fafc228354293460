using System.Collections.Immutable;

namespace EinsumNet.Tests.Cpu;

/// <summary>Random kernel plans of every kind: strides permuted, gapped, zero or those of a diagonal, extents 0, 2 to 70 and seldom hundreds.</summary>
sealed class PlanGenerator(int seed, long mostIterations = 30_000)
{
    readonly Random _random = new(seed);

    internal KernelPlan Next(ElementType element)
    {
        var operands = _random.Next(20) == 0 ? 0 : _random.Next(1, 6);
        return Next(operands, Enumerable.Repeat(new KernelOperand(element, Map(element)), operands), new(element, Map(element)));
    }

    /// <summary>A change of element type.</summary>
    internal KernelPlan NextConversion(ElementType from, ElementType to) => Next(1, [new(from)], new(to), sums: false);

    KernelPlan Next(int operands, IEnumerable<KernelOperand> inputs, KernelOperand result, bool sums = true)
    {
        var roles = new List<LoopRole>();
        var extents = new List<long>();
        for (var loops = _random.Next(0, 6); loops > 0; loops--)
        {
            var extent = _random.Next(60) == 0 ? 0 : _random.Next(12) == 0 ? _random.Next(71, 600) : _random.Next(3) == 0 ? _random.Next(2, 71) : _random.Next(2, 12);
            if (extents.Aggregate((long)extent, (product, other) => product * Math.Max(other, 1)) > mostIterations) break;
            extents.Add(extent);
            roles.Add(Role(operands, sums));
        }
        var strides = Enumerable.Range(0, operands).Select(operand => OperandStrides(operand, roles, extents)).Append(ResultStrides(roles, extents)).ToArray();
        var nest = roles.Select((role, i) => new Loop(extents[i], role, [.. strides.Select(all => all[i])])).OrderBy(loop => loop.Role).ToImmutableArray();
        return new(KernelKinds.Classify(operands, nest), [.. inputs], result, nest);
    }

    Elementwise Map(ElementType element) => element == ElementType.Complex && _random.Next(3) == 0 ? Elementwise.Conjugate : Elementwise.Identity;

    LoopRole Role(int operands, bool sums)
    {
        var contracted = operands > 0 && sums && _random.Next(5) < 2;
        return contracted ? LoopRole.Contracted : operands == 2 ? (LoopRole)_random.Next(3) : LoopRole.Free;
    }

    long[] OperandStrides(int operand, List<LoopRole> roles, List<long> extents)
    {
        var strides = Dense(roles, extents, role => IsIn(role) && (role is LoopRole.Left or LoopRole.Right || _random.Next(4) > 0));
        if (strides.Length > 0 && _random.Next(8) == 0 && _random.Next(strides.Length) is var loop && IsIn(roles[loop])) strides[loop] = _random.Next(0, 9);
        return strides;

        bool IsIn(LoopRole role) => role != (operand == 0 ? LoopRole.Right : LoopRole.Left);
    }

    long[] ResultStrides(List<LoopRole> roles, List<long> extents) => Dense(roles, extents, role => role != LoopRole.Contracted);

    long[] Dense(List<LoopRole> roles, List<long> extents, Func<LoopRole, bool> has)
    {
        var strides = new long[roles.Count];
        var order = Enumerable.Range(0, roles.Count).ToArray();
        if (_random.Next(2) == 0) _random.Shuffle(order);
        else Array.Reverse(order);
        var next = _random.Next(6) == 0 ? 2L : 1L;
        foreach (var loop in order)
        {
            if (!has(roles[loop])) continue;
            strides[loop] = next;
            next = next * Math.Max(extents[loop], 1) + (_random.Next(4) == 0 ? _random.Next(4) : 0);
        }
        return strides;
    }
}
