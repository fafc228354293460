using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Vectors of a machine with so many registers, whichever this one has: tiles are chosen by their number.</summary>
readonly unsafe struct Registers<T, V, S, TMany> : ISimd<T, V> where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TMany : struct, IAnswer
{
    public static int Count => S.Count;

    public static bool HasManyRegisters => TMany.Value;

    public static V Zero => S.Zero;

    public static V Load(T* source) => S.Load(source);

    public static void Store(T* destination, V value) => S.Store(destination, value);

    public static V LoadFirst(T* source, V mask) => S.LoadFirst(source, mask);

    public static void StoreFirst(T* destination, V mask, V value) => S.StoreFirst(destination, mask, value);

    public static void StoreStreaming(T* destination, V value) => S.StoreStreaming(destination, value);

    public static V Broadcast(T value) => S.Broadcast(value);

    public static V Repeat(T* row, int bytes) => S.Repeat(row, bytes);

    public static V Shuffle(V value, V places) => S.Shuffle(value, places);

    public static V Add(V left, V right) => S.Add(left, right);

    public static V Multiply(V left, V right) => S.Multiply(left, right);

    public static V MultiplyAdd(V left, V right, V addend) => S.MultiplyAdd(left, right, addend);

    public static V Select(V mask, V set, V clear) => S.Select(mask, set, clear);

    public static T Sum(V value) => S.Sum(value);

    public static void StoreSums(T* destination, nint stride, V a, V b, V c, V d) => S.StoreSums(destination, stride, a, b, c, d);
}

interface IAnswer
{
    static abstract bool Value { get; }
}

readonly struct Yes : IAnswer
{
    static bool IAnswer.Value => true;
}

readonly struct No : IAnswer
{
    static bool IAnswer.Value => false;
}
