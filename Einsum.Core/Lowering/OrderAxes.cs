using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>
/// Chooses the order of the axes of intermediates, which is nobody's business but the kernels', so that these walk along neighbours. It improves two programs,
/// one intermediate at a time, and keeps the cheaper: the one given, and one in which every intermediate is ordered as the result that it becomes a part of.
/// Operands are taken to be row-major.
/// <code>%5 = ijkl,rk->ijlr (%2, %3); %out = sl,ijlr->ijrs (%4, %5)   --->   %5 = ijkl,rk->ijrl (%2, %3); %out = sl,ijrl->ijrs (%4, %5)</code>
/// </summary>
static class OrderAxes
{
    /// <summary>Smaller intermediates lie in the first caches in any order, and are only ordered as a larger product that they are factors of.</summary>
    const double LeastSize = 1 << 10;

    internal static IndexProgram Run(IndexProgram program) => Run(program, LeastSize);

    /// <param name="program">The program.</param>
    /// <param name="leastSize">Intermediates of fewer elements are ordered as the products that they are factors of, or left as they are.</param>
    internal static IndexProgram Run(IndexProgram program, double leastSize)
    {
        if (program.Steps.Length < 2 || program.Steps.All(step => program.Size(step.Result) < leastSize)) return program;
        var (given, asResult) = (new Orders(program, leastSize), new Orders(program, leastSize));
        asResult.FollowResult();
        given.Improve();
        asResult.Improve();
        given.FollowProducts();
        asResult.FollowProducts();
        return asResult.Cost() < given.Cost() ? asResult.Program() : given.Program();
    }

    /// <summary>The order of every value's axes.</summary>
    sealed class Orders
    {
        /// <summary>How often values are looked at, on average.</summary>
        const int MostLooks = 4;

        /// <summary>Steps of more operands are left alone: what such a step costs takes the square of their number to find.</summary>
        const int MostOperands = 6;

        // Costs per element, in units of an element read across the result's last axis. Fitted on a CPU (Zen 5) to contractions with matrices of 32 x 32, to
        // reductions and to a dozen tensor networks.

        /// <summary>Of an operand without the result's last axis that does not end with a sum.</summary>
        const double RowsFirst = 0.7;

        /// <summary>Of a contraction's result whose last axis is a batch's.</summary>
        const double BatchLast = 1.5;

        /// <summary>Of a jump within a contraction.</summary>
        const double TileBreak = 6;

        /// <summary>Of a sum's operand, in steps that are no contractions, whose kept axes stand in another order than in the result.</summary>
        const double Transposed = 2;

        readonly IndexProgram _program;
        readonly double _leastSize;
        readonly ImmutableArray<int>[] _orders;
        readonly int[] _readers;
        readonly double[] _sizes;
        readonly bool[] _areContractions;

        internal Orders(IndexProgram program, double leastSize)
        {
            (_program, _leastSize) = (program, leastSize);
            _orders = [.. Enumerable.Range(0, program.OperandCount + program.Steps.Length).Select(value => program.LabelsOf(value))];
            _sizes = [.. _orders.Select(order => program.Size(order))];
            _areContractions = [.. program.Steps.Select(step => program.KindOf(step) == KernelKind.Contraction)];
            _readers = new int[_orders.Length];
            foreach (var (i, step) in program.Steps.Index())
                foreach (var value in step.Operands) _readers[value] = i;
        }

        internal IndexProgram Program() =>
            _program with { Steps = [.. _program.Steps.Select((step, i) => new IndexStep(step.Operands, _orders[_program.OperandCount + i]))] };

        internal double Cost() => Enumerable.Range(0, _program.Steps.Length).Sum(Cost);

        /// <summary>Small factors of large products without sums are ordered as these.</summary>
        internal void FollowProducts()
        {
            for (var i = _program.Steps.Length - 2; i >= 0; i--)
            {
                var (value, reader) = (_program.OperandCount + i, _readers[_program.OperandCount + i]);
                if (_sizes[value] < _leastSize && _sizes[_program.OperandCount + reader] >= _leastSize && IsProduct(reader)) _orders[value] = AsReadersResult(value);
            }
        }

        /// <summary>Whether the step sums nothing.</summary>
        bool IsProduct(int step) => _program.Steps[step].Operands.All(operand => _orders[operand].All(_orders[_program.OperandCount + step].Contains));

        /// <summary>From the result back: what its maker reads is ordered as it is.</summary>
        internal void FollowResult()
        {
            for (var i = _program.Steps.Length - 2; i >= 0; i--)
                if (_sizes[_program.OperandCount + i] >= _leastSize) _orders[_program.OperandCount + i] = AsReadersResult(_program.OperandCount + i);
        }

        /// <summary>Reorders single values as long as that makes the steps that make and read them cheaper.</summary>
        internal void Improve()
        {
            // Numbers of steps whose values may be worth another look, the last one first.
            var waiting = new Stack<int>(Enumerable.Range(0, _program.Steps.Length - 1));
            for (var left = MostLooks * waiting.Count; left > 0 && waiting.TryPop(out var step); left--)
            {
                if (!Improve(step)) continue;
                foreach (var operand in _program.Steps[step].Operands)
                    if (operand >= _program.OperandCount) waiting.Push(operand - _program.OperandCount);
                if (_readers[_program.OperandCount + step] is var reader && reader < _program.Steps.Length - 1) waiting.Push(reader);
            }
        }

        bool Improve(int step)
        {
            var value = _program.OperandCount + step;
            if (_sizes[value] < _leastSize) return false;
            var (first, least) = (_orders[value], Cost(step) + Cost(_readers[value]));
            if (least == 0) return false;
            var best = first;
            foreach (var order in Candidates(step))
            {
                if (order.AsSpan().SequenceEqual(first.AsSpan())) continue;
                _orders[value] = order;
                var cost = Cost(step) + Cost(_readers[value]);
                if (cost < least) (best, least) = (order, cost);
            }
            _orders[value] = best;
            return best != first;
        }

        ImmutableArray<int>[] Candidates(int step) => _program.Steps[step].Operands is [var left, var right]
            ? [AsReadersResult(_program.OperandCount + step), InPlaceOfSums(step, left, right), InPlaceOfSums(step, right, left)]
            : [AsReadersResult(_program.OperandCount + step)];

        /// <summary>The labels in the order of the result that the value is contracted to, with those that are summed where the last label of another operand stands in it.</summary>
        ImmutableArray<int> AsReadersResult(int value)
        {
            var reader = _program.Steps[_readers[value]];
            var result = _orders[_program.OperandCount + _readers[value]];
            var kept = result.Where(_orders[value].Contains).ToList();
            // Operands are given, so their sums' order is.
            var other = reader.Operands.FirstOrDefault(operand => operand < _program.OperandCount, value);
            var sums = _orders[value].Except(result);
            if (other != value) sums = sums.OrderBy(label => _orders[other].IndexOf(label));
            var foreign = result.LastOrDefault(label => !_orders[value].Contains(label), -1);
            kept.InsertRange(foreign < 0 ? kept.Count : result.Take(result.IndexOf(foreign)).Count(_orders[value].Contains), sums);
            return [.. kept];
        }

        /// <summary>The labels of one operand, and those of the other alone where its first sum stands.</summary>
        ImmutableArray<int> InPlaceOfSums(int step, int operand, int other)
        {
            var result = _orders[_program.OperandCount + step];
            var (mine, others) = (_orders[operand], _orders[other].Where(label => result.Contains(label) && !_orders[operand].Contains(label)));
            var sum = mine.TakeWhile(result.Contains).Count();
            return [.. mine.Take(sum), .. others, .. mine.Skip(sum).Where(result.Contains)];
        }

        /// <summary>What reading the operands and writing the result costs because the kernel does not walk along neighbours. An equation is planned once, so nothing is gained by compiling this in tiers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        double Cost(int step)
        {
            var made = _program.OperandCount + step;
            var (operands, result) = (_program.Steps[step].Operands, _orders[made]);
            if (result.IsEmpty || operands.Length > MostOperands) return 0;
            var (turned, transposed, breaks) = (0.0, 0.0, _sizes[made] * Breaks(operands, made, made));
            var (isSum, isBatch, isAlong, sum) = (false, true, !_areContractions[step], -1);
            foreach (var operand in operands)
            {
                var order = _orders[operand];
                if (order.IsEmpty) continue;
                // Vectors run along the result's last axis; an operand without it gives one element for each, best along a sum.
                var last = order[^1];
                isAlong &= !result.Contains(last) && (sum < 0 || sum == last);
                sum = last;
                if (!order.Contains(result[^1])) (turned, isBatch) = (turned + (result.Contains(last) ? RowsFirst * _sizes[operand] : 0), false);
                else if (last != result[^1]) turned += _sizes[operand];
                breaks += _sizes[operand] * Breaks(operands, made, operand);
                isSum |= !IsKept(order, result, out var isInOrder);
                if (!isInOrder) transposed += _sizes[operand];
            }
            // Steps that are no contractions walk along neighbours, too, where all operands end with the same sum.
            if (isAlong) turned = 0;
            if (isSum && isBatch) turned += BatchLast * _sizes[made];
            return _areContractions[step] ? turned + TileBreak * breaks : turned + breaks + (isSum ? Transposed * transposed : 0);
        }

        /// <summary>Whether no label is summed, and whether those that are kept stand in the order of the result.</summary>
        static bool IsKept(ImmutableArray<int> order, ImmutableArray<int> result, out bool isInOrder)
        {
            var (before, isKept) = (-1, true);
            isInOrder = true;
            foreach (var label in order)
            {
                var at = result.AsSpan().IndexOf(label);
                isKept &= at >= 0;
                if (at < 0) continue;
                isInOrder &= at > before;
                before = at;
            }
            return isKept;
        }

        /// <summary>How many jumps there are for an element of the value: between neighbouring axes that are no neighbours in another value of the step.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        double Breaks(ImmutableArray<int> operands, int made, int value)
        {
            var order = _orders[value];
            var (breaks, inner) = (0.0, 1.0);
            for (var i = order.Length - 1; i > 0; i--)
            {
                inner *= _program.Bound.Labels[order[i]].Size;
                var isNext = value != made && AreNext(_orders[made], order[i - 1], order[i]);
                foreach (var operand in operands) isNext |= operand != value && AreNext(_orders[operand], order[i - 1], order[i]);
                if (!isNext) breaks += 1 / inner;
            }
            return breaks;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static bool AreNext(ImmutableArray<int> order, int first, int second)
        {
            var at = order.AsSpan().IndexOf(first);
            return at >= 0 && at + 1 < order.Length && order[at + 1] == second;
        }
    }
}
