namespace EinsumNet.Functions;

/// <summary>
/// What <see cref="VectorMath{T, V, S}"/> is written in: operations on vectors <typeparamref name="V"/> of float or double. Implementations are empty
/// structs of one width each; a comparison gives a mask in the same type.
/// </summary>
interface IVectorOperations<T, V> where T : unmanaged where V : struct
{
    static abstract int Count { get; }

    static abstract V Create(T value);

    static abstract V Add(V left, V right);

    static abstract V Subtract(V left, V right);

    static abstract V Multiply(V left, V right);

    static abstract V Divide(V left, V right);

    /// <summary><c>left * right + addend</c> in one rounding.</summary>
    static abstract V MultiplyAdd(V left, V right, V addend);

    static abstract V Abs(V value);

    static abstract V Negate(V value);

    static abstract V Min(V left, V right);

    /// <summary>NaN stays what it is.</summary>
    static abstract V Clamp(V value, V least, V most);

    static abstract V Truncate(V value);

    static abstract V Round(V value);

    static abstract V Sin(V value);

    static abstract V Cos(V value);

    /// <summary><c>value * 2^exponent</c> in one rounding, of whole exponents of which halves are those of normal numbers.</summary>
    static abstract V Scale(V value, V exponent);

    static abstract V Less(V left, V right);

    static abstract V Equal(V left, V right);

    static abstract V Select(V mask, V set, V clear);

    static abstract bool All(V mask);

    /// <summary>The magnitude of the one with the sign of the other.</summary>
    static abstract V CopySign(V value, V sign);

    /// <summary>A positive normal number as a mantissa in [sqrt(1/2), 3/2) and the exponent of two; where <see cref="SplitsAll"/>, any number.</summary>
    static abstract (V Mantissa, V Exponent) Split(V value);

    /// <summary>Whether numbers with fewer digits are taken apart, too, and 0 and infinity into 1 and the exponent of their logarithm; negative numbers and NaN are NaN.</summary>
    static abstract bool SplitsAll { get; }
}
