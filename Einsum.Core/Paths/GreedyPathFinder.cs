using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>
/// Contracts, as long as two operands share a label, the pair for which size(result) - size(left) - size(right) is smallest, and then
/// multiplies what is left, smallest first (the greedy of opt_einsum: Smith and Gray, 2018).
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
        readonly List<HashSet<int>?> _values = [];
        readonly HashSet<int>[] _holders;
        readonly HashSet<int> _output;
        readonly List<(int Left, int Right)> _steps = [];
        readonly PriorityQueue<(int Left, int Right), (double Cost, int Order)> _queue = new();
        int _order;

        internal Search(ContractionProblem problem)
        {
            _problem = problem;
            _output = [.. problem.Output];
            _holders = [.. problem.Sizes.Select(_ => new HashSet<int>())];
            foreach (var input in problem.Inputs) Append([.. input]);
        }

        internal ContractionPath Run()
        {
            for (var i = 0; i < _problem.Inputs.Length; i++) Offer(i, onlyLater: true);
            while (_queue.TryDequeue(out var pair, out _))
            {
                if (_values[pair.Left] is null || _values[pair.Right] is null) continue;
                Contract(pair.Left, pair.Right);
                Offer(_values.Count - 1, onlyLater: false);
            }
            MultiplyRest();
            return Linear();
        }

        void Append(HashSet<int> labels)
        {
            foreach (var label in labels) _holders[label].Add(_values.Count);
            _values.Add(labels);
        }

        void Offer(int value, bool onlyLater)
        {
            var neighbours = new SortedSet<int>();
            foreach (var label in _values[value]!)
                foreach (var holder in _holders[label])
                    if (onlyLater ? holder > value : holder != value) neighbours.Add(holder);
            foreach (var other in neighbours)
            {
                var size = Size(Result(value, other));
                if (size > _problem.MaxIntermediate) continue;
                var cost = size - Size(_values[value]!) - Size(_values[other]!);
                _queue.Enqueue((Math.Min(value, other), Math.Max(value, other)), (cost, _order++));
            }
        }

        void Contract(int left, int right)
        {
            var result = Result(left, right);
            foreach (var label in _values[left]!) _holders[label].Remove(left);
            foreach (var label in _values[right]!) _holders[label].Remove(right);
            (_values[left], _values[right]) = (null, null);
            _steps.Add((left, right));
            Append(result);
        }

        /// <summary>The labels of either that the output or a third value still needs.</summary>
        HashSet<int> Result(int left, int right)
        {
            var (a, b) = (_values[left]!, _values[right]!);
            var result = new HashSet<int>();
            foreach (var label in a.Concat(b))
            {
                var inside = (a.Contains(label) ? 1 : 0) + (b.Contains(label) ? 1 : 0);
                if (_output.Contains(label) || _holders[label].Count > inside) result.Add(label);
            }
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
                Contract(left, right);
                rest.Enqueue(_values.Count - 1, (Size(_values[^1]!), _values.Count - 1));
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
