using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Numbers the buffers of a plan: operands, results, then intermediates. A result that is computed is computed in place; one that is an
/// operand, or stands twice, is copied at the end.
/// </summary>
sealed class Buffers
{
    readonly Dictionary<TensorExpr, int> _numbers = [];
    readonly List<TensorType> _types = [];

    internal Buffers(Graph graph)
    {
        var operands = graph.Parameters.Length;
        FirstLocal = operands + graph.Results.Length;
        _types.AddRange(graph.Parameters.Concat(graph.Results).Select(value => value.Type));
        foreach (var (i, parameter) in graph.Parameters.Index()) _numbers[parameter] = i;
        foreach (var (i, result) in graph.Results.Index())
        {
            if (_numbers.TryAdd(result, operands + i)) continue;
            Copies.Add((result, operands + i));
        }
    }

    internal int FirstLocal { get; }

    internal int Count => _types.Count;

    /// <summary>Results that have a buffer elsewhere, and where they go.</summary>
    internal List<(TensorExpr Value, int Target)> Copies { get; } = [];

    /// <summary>The buffer of a value; a new one where it has none.</summary>
    internal int this[TensorExpr value] => _numbers.TryGetValue(value, out var number) ? number : _numbers[value] = Add(value.Type);

    internal ImmutableArray<TensorType> Types => [.. _types];

    internal TensorType TypeOf(int buffer) => _types[buffer];

    internal long BytesOf(int buffer) => _types[buffer].Count * _types[buffer].Element.Size();

    /// <summary>Lets a value that has no buffer share that of another.</summary>
    internal bool TryShare(TensorExpr value, TensorExpr with) => _numbers.TryAdd(value, this[with]);

    internal int Add(TensorType type)
    {
        _types.Add(type);
        return _types.Count - 1;
    }
}
