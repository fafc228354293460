namespace EinsumNet.Backends.Cpu;

/// <summary>
/// The vector operations that kernels are written in, over a vector type <typeparamref name="V"/> of one width. Implementations are empty
/// structs, so a kernel generic over them is compiled once per width and element type, with every call inlined.
/// </summary>
unsafe interface ISimd<T, V> where T : unmanaged where V : struct
{
    /// <summary>Elements per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are 32 vector registers rather than 16.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract V Zero { get; }

    static abstract V Load(T* source);

    static abstract void Store(T* destination, V value);

    /// <summary>The elements that the mask has, which are its first; zero for the others, whose memory is not touched.</summary>
    static abstract V LoadFirst(T* source, V mask);

    /// <summary>Writes the elements that the mask has, which are its first.</summary>
    static abstract void StoreFirst(T* destination, V mask, V value);

    /// <summary>Past the caches, to an address that is a multiple of the vector's size.</summary>
    static abstract void StoreStreaming(T* destination, V value);

    static abstract V Broadcast(T value);

    /// <summary>A row of 16 or 32 bytes, which is no more than a vector, again and again.</summary>
    static abstract V Repeat(T* row, int bytes);

    /// <summary>For each four bytes those at the place, counted in four bytes, that <paramref name="places"/> has there.</summary>
    static abstract V Shuffle(V value, V places);

    static abstract V Add(V left, V right);

    static abstract V Multiply(V left, V right);

    /// <summary><c>left * right + addend</c>, in one rounding where the machine has it.</summary>
    static abstract V MultiplyAdd(V left, V right, V addend);

    /// <summary>Where all bits of the mask's element are set the one, where they are clear the other.</summary>
    static abstract V Select(V mask, V set, V clear);

    /// <summary>The sum of the elements.</summary>
    static abstract T Sum(V value);

    /// <summary>Writes the sums of four vectors' elements, each <paramref name="stride"/> elements after the one before it.</summary>
    static abstract void StoreSums(T* destination, nint stride, V a, V b, V c, V d);
}
