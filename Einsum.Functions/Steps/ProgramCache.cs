using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>The programs of one function by element type and shapes; a look-up that finds allocates nothing.</summary>
sealed class ProgramCache(int capacity)
{
    /// <summary>Longer keys are on the heap.</summary>
    const int OnStack = 32;

    /// <summary>Added to the element type where a backend with a choice finds an operand or a destination on its device.</summary>
    const nint Resident = 1 << 8;

    readonly BoundedCache<nint[], Program> _programs = new(capacity, new LayoutComparer());

    /// <summary>The one that was compiled last: most functions are called with the same shapes again and again, and comparing them is cheaper than hashing.</summary>
    Entry? _latest;

    sealed record Entry(nint[] Key, Program Program);

    /// <summary>The program for operands like these, and whether they are all dense.</summary>
    /// <param name="function">The function.</param>
    /// <param name="operands">The operands.</param>
    /// <param name="areDense">Whether they are all dense.</param>
    /// <param name="isResident">Whether a destination is on a device; an operand there counts as well.</param>
    internal Program For<T>(TensorFunction function, ReadOnlySpan<Operand<T>> operands, out bool areDense, bool isResident = false) where T : unmanaged
    {
        // The element type, then rank and sizes of each operand; the strides that follow the sizes are overwritten by the next operand.
        var (length, longest) = (1, 1);
        foreach (var operand in operands)
        {
            length += 1 + operand.Rank;
            longest = Math.Max(longest, length + operand.Rank);
            isResident |= operand.IsResident;
        }
        Span<nint> key = longest <= OnStack ? stackalloc nint[OnStack] : new nint[longest];
        areDense = true;
        isResident = isResident && function.Engine.Options.Backend.FunctionChoice is not null;
        key[0] = (nint)Elements.Of<T>() + (isResident ? Resident : 0);
        var at = 1;
        foreach (var operand in operands)
        {
            var rank = operand.Rank;
            key[at++] = rank;
            operand.WriteLayout(key[at..]);
            areDense &= OperandReader.IsDense(key.Slice(at, rank), key.Slice(at + rank, rank));
            at += rank;
        }
        key = key[..length];
        return _latest is { } latest && key.SequenceEqual(latest.Key) ? latest.Program : Find(function, operands, key, isResident);
    }

    Program Find<T>(TensorFunction function, ReadOnlySpan<Operand<T>> operands, ReadOnlySpan<nint> key, bool isResident) where T : unmanaged
    {
        if (_programs.By<ReadOnlySpan<nint>>().TryGetValue(key, out var entry)) return _programs.Hit(entry);
        var element = Elements.Of<T>();
        var types = ImmutableArray.CreateBuilder<TensorType>();
        foreach (var operand in operands) types.Add(new TensorType(element, operand.Shape));
        var own = key.ToArray();
        var made = _programs.GetOrAdd(own, (function, Types: types.ToImmutable(), isResident), static (_, state) => state.function.Compile(state.Types, state.isResident));
        _latest = new Entry(own, made);
        return made;
    }

    sealed class LayoutComparer : IEqualityComparer<nint[]>, IAlternateEqualityComparer<ReadOnlySpan<nint>, nint[]>
    {
        public bool Equals(nint[]? left, nint[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(nint[] key) => GetHashCode(key.AsSpan());

        public bool Equals(ReadOnlySpan<nint> alternate, nint[] other) => alternate.SequenceEqual(other);

        public nint[] Create(ReadOnlySpan<nint> alternate) => alternate.ToArray();

        public int GetHashCode(ReadOnlySpan<nint> key)
        {
            var hash = new HashCode();
            foreach (var number in key) hash.Add(number);
            return hash.ToHashCode();
        }
    }
}
