using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EinsumNet.Tests.Conformance;

/// <summary>A tensor somewhere in an array: its sizes, its strides and where its first element lies.</summary>
sealed record StridedArray<T>(T[] Buffer, long[] Shape, long[] Strides, int Offset) where T : unmanaged
{
    const byte Untouched = 0xA5;

    /// <summary>An operand in a random layout: permuted, gapped, or repeating elements with strides of zero.</summary>
    internal static StridedArray<T> RandomOperand(long[] shape, Func<T> next, Random random)
    {
        var array = InLayout(shape, RandomLayout.Next(shape, random, mayRepeat: true), random);
        for (var i = 0; i < array.Buffer.Length; i++) array.Buffer[i] = next();
        return array;
    }

    /// <summary>A destination in a random layout, its memory filled with a pattern.</summary>
    internal static StridedArray<T> RandomDestination(long[] shape, Random random)
    {
        var array = InLayout(shape, RandomLayout.Next(shape, random, mayRepeat: false), random);
        MemoryMarshal.AsBytes(array.Buffer.AsSpan()).Fill(Untouched);
        return array;
    }

    static StridedArray<T> InLayout(long[] shape, long[] strides, Random random)
    {
        var offset = random.Next(8);
        return new StridedArray<T>(new T[offset + RandomLayout.Extent(shape, strides) + random.Next(8)], shape, strides, offset);
    }

    /// <summary>The elements in row-major order.</summary>
    internal ReferenceEvaluator.Array<T> RowMajor() => new([.. Positions().Select(position => Buffer[position])], Shape);

    /// <summary>As an operand: a scalar, memory with strides, or a tensor.</summary>
    internal Operand<T> ToOperand(bool asTensor) => (Shape.Length, asTensor) switch
    {
        (0, true) => Buffer[Offset],
        (_, true) => Tensor.Create(Buffer, Offset, Words(Shape), PlatformStrides()),
        _ => new Operand<T>(Buffer, [.. Shape], Strides, Offset),
    };

    /// <summary>As a destination; of shape [1] for a scalar.</summary>
    internal TensorSpan<T> ToSpan() => Shape.Length == 0
        ? new TensorSpan<T>(Buffer, Offset, [1], [0])
        : new TensorSpan<T>(Buffer, Offset, Words(Shape), PlatformStrides());

    /// <summary>Whether everything but the elements still holds the pattern.</summary>
    internal bool IsUntouchedAround()
    {
        var elements = Positions().ToHashSet();
        return Enumerable.Range(0, Buffer.Length).All(i => elements.Contains(i) || !MemoryMarshal.AsBytes(Buffer.AsSpan(i, 1)).ContainsAnyExcept(Untouched));
    }

    IEnumerable<int> Positions()
    {
        if (Shape.Contains(0)) yield break;
        var index = new long[Shape.Length];
        while (true)
        {
            yield return Offset + (int)index.Zip(Strides, (i, stride) => i * stride).Sum();
            var axis = Shape.Length - 1;
            while (axis >= 0 && ++index[axis] == Shape[axis]) index[axis--] = 0;
            if (axis < 0) yield break;
        }
    }

    /// <summary>The platform wants a stride of 0 for an axis that is never walked along.</summary>
    nint[] PlatformStrides() => [.. Strides.Select((stride, axis) => Shape[axis] > 1 ? (nint)stride : 0)];

    static nint[] Words(long[] values) => Array.ConvertAll(values, value => (nint)value);
}

static class RandomLayout
{
    /// <summary>Strides of axes in a random order with random gaps; where elements may repeat, now and then zero.</summary>
    internal static long[] Next(long[] shape, Random random, bool mayRepeat)
    {
        var order = Enumerable.Range(0, shape.Length).ToArray();
        if (random.Next(2) == 0) random.Shuffle(order);
        var strides = new long[shape.Length];
        var stride = 1L;
        foreach (var axis in order.Reverse())
        {
            if (mayRepeat && random.Next(10) == 0) continue;
            strides[axis] = stride * (random.Next(4) == 0 ? random.Next(1, 4) : 1);
            stride = strides[axis] * Math.Max(1, shape[axis]);
        }
        return strides;
    }

    /// <summary>How many elements of memory the layout spans.</summary>
    internal static int Extent(long[] shape, long[] strides) => shape.Contains(0) ? 0 : 1 + (int)shape.Zip(strides, (size, stride) => (size - 1) * stride).Sum();
}
