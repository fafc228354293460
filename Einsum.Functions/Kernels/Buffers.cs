using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// Numbers the buffers of a plan: operands, results, then intermediates. A result that is computed is computed in place; one that is an
/// operand, or stands twice, is copied at the end.
/// </summary>
sealed class Buffers
{
    readonly Dictionary<TensorExpr, int> _numbers = [];
    readonly List<long> _offsets = [];
    readonly int _operands;

    internal Buffers(Graph graph)
    {
        _operands = graph.Parameters.Length;
        FirstLocal = _operands + graph.Results.Length;
        foreach (var (i, parameter) in graph.Parameters.Index()) _numbers[parameter] = i;
        foreach (var (i, result) in graph.Results.Index())
        {
            if (_numbers.TryAdd(result, _operands + i)) continue;
            Copies.Add((result, _operands + i));
        }
    }

    internal int FirstLocal { get; }

    /// <summary>Results that have a buffer elsewhere, and where they go.</summary>
    internal List<(TensorExpr Value, int Target)> Copies { get; } = [];

    internal long Bytes { get; private set; }

    internal ImmutableArray<long> Offsets => [.. _offsets];

    /// <summary>The buffer of a value; a new one where it has none.</summary>
    internal int this[TensorExpr value] => _numbers.TryGetValue(value, out var number) ? number : _numbers[value] = Add(value.Type);

    /// <summary>Lets a value that has no buffer share that of another.</summary>
    internal bool TryShare(TensorExpr value, TensorExpr with) => _numbers.TryAdd(value, this[with]);

    internal int Add(TensorType type)
    {
        const long alignment = 64;
        _offsets.Add(Bytes);
        Bytes += (type.Count * type.Element.Size() + alignment - 1) / alignment * alignment;
        return FirstLocal + _offsets.Count - 1;
    }
}
