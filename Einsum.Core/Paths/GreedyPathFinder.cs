using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Multiplies operands with the same labels, contracts the pair for which size(result) - size(left) - size(right) is smallest as long as two
/// operands share a label that the output does not need, and then multiplies what is left, smallest first (opt_einsum: Smith and Gray, 2018).
/// </summary>
sealed class GreedyPathFinder : IPathFinder
{
    public string Name => "greedy";

    public ContractionPath Find(ContractionProblem problem)
    {
        var n = problem.Inputs.Length;
        return n <= 2 ? ContractionPath.Single(n) : new Search(problem).Run();
    }

    sealed class Search
    {
        readonly ContractionProblem _problem;
        readonly HashSet<int> _output;
        readonly List<HashSet<int>?> _values = [];
        readonly Dictionary<HashSet<int>, int> _byLabels = new(HashSet<int>.CreateSetComparer());
        readonly int[] _uses;
        readonly SortedSet<int>[] _holders;
        readonly List<(int Left, int Right)> _steps = [];
        readonly PriorityQueue<(int Left, int Right), (double Cost, int Later, int Earlier)> _queue = new();

        internal Search(ContractionProblem problem)
        {
            _problem = problem;
            _output = [.. problem.Output];
            _uses = new int[problem.Sizes.Length];
            _holders = [.. problem.Sizes.Select(_ => new SortedSet<int>())];
        }

        internal ContractionPath Run()
        {
            foreach (var input in _problem.Inputs) Append([.. input]);
            // Only now that all are known: a product may drop a label only where nobody else has it.
            for (var value = 0; value < _problem.Inputs.Length; value++) MergeEqual(value);
            foreach (var holders in _holders)
                foreach (var value in holders) OfferBest(value, holders.Where(other => other > value));
            while (_queue.TryDequeue(out var pair, out _))
            {
                if (_values[pair.Left] is null || _values[pair.Right] is null) continue;
                var made = MergeEqual(Contract(pair.Left, pair.Right));
                OfferBest(made, _values[made]!.SelectMany(label => _holders[label]).Where(other => other != made).Distinct().Order());
            }
            MultiplyRest();
            return Linear();
        }

        int Append(HashSet<int> labels)
        {
            var value = _values.Count;
            _values.Add(labels);
            foreach (var label in labels)
            {
                _uses[label]++;
                if (!_output.Contains(label)) _holders[label].Add(value);
            }
            return value;
        }

        /// <summary>Multiplies the value with one of the same labels, if there is one, as often as there is.</summary>
        int MergeEqual(int value)
        {
            while (_values[value] is { } labels && _byLabels.Remove(labels, out var twin))
                if (twin != value && _values[twin] is not null) value = Contract(twin, value);
            if (_values[value] is { } left) _byLabels[left] = value;
            return value;
        }

        void OfferBest(int value, IEnumerable<int> others)
        {
            var best = (Cost: double.PositiveInfinity, Other: -1);
            foreach (var other in others)
            {
                var size = Size(Result(value, other));
                if (size > _problem.MaxIntermediate) continue;
                var cost = size - Size(_values[value]!) - Size(_values[other]!);
                if (cost < best.Cost) best = (cost, other);
            }
            if (best.Other < 0) return;
            var (earlier, later) = (Math.Min(value, best.Other), Math.Max(value, best.Other));
            _queue.Enqueue((earlier, later), (best.Cost, later, earlier));
        }

        int Contract(int left, int right)
        {
            var result = Result(left, right);
            foreach (var value in (ReadOnlySpan<int>)[left, right])
            {
                foreach (var label in _values[value]!)
                {
                    _uses[label]--;
                    _holders[label].Remove(value);
                }
                _values[value] = null;
            }
            _steps.Add((left, right));
            return Append(result);
        }

        /// <summary>The labels of either that the output or a third value still needs.</summary>
        HashSet<int> Result(int left, int right)
        {
            var (a, b) = (_values[left]!, _values[right]!);
            var result = new HashSet<int>();
            foreach (var label in a)
                if (_output.Contains(label) || _uses[label] > (b.Contains(label) ? 2 : 1)) result.Add(label);
            foreach (var label in b)
                if (!a.Contains(label) && (_output.Contains(label) || _uses[label] > 1)) result.Add(label);
            return result;
        }

        double Size(HashSet<int> labels) => labels.Aggregate(1.0, (product, label) => product * _problem.Sizes[label]);

        void MultiplyRest()
        {
            var rest = new PriorityQueue<int, (double, int)>();
            for (var value = 0; value < _values.Count; value++)
                if (_values[value] is { } labels) rest.Enqueue(value, (Size(labels), value));
            while (rest.Count > 1)
            {
                var (left, right) = (rest.Dequeue(), rest.Dequeue());
                // Under a memory limit, what must not be multiplied pairwise is left to one n-ary step.
                if (rest.Count > 0 && Size(Result(left, right)) > _problem.MaxIntermediate) return;
                var made = Contract(left, right);
                rest.Enqueue(made, (Size(_values[made]!), made));
            }
        }

        /// <summary>Numbers of values to positions in the list of values that are left.</summary>
        ContractionPath Linear()
        {
            var left = Enumerable.Range(0, _problem.Inputs.Length).ToList();
            var path = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
            var next = _problem.Inputs.Length;
            foreach (var (a, b) in _steps)
            {
                // Values are appended in ascending order, so the list is always sorted.
                var (i, j) = (left.BinarySearch(a), left.BinarySearch(b));
                path.Add([Math.Min(i, j), Math.Max(i, j)]);
                left.RemoveAt(Math.Max(i, j));
                left.RemoveAt(Math.Min(i, j));
                left.Add(next++);
            }
            if (left.Count == 1) return new ContractionPath(path.ToImmutable());
            path.Add([.. Enumerable.Range(0, left.Count)]);
            return new ContractionPath(path.ToImmutable(), $"greedy, with one n-ary step at the end to keep every intermediate within the memory limit");
        }

    }
}
