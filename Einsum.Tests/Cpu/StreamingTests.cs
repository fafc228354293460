using System.Numerics;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Stores past the caches, which must be of whole aligned lines: wherever a result begins and ends, and nothing around it is touched.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class StreamingTests
{
    const byte Untouched = 0xA5;

    [Test]
    public void Bytes_at_every_offset_and_of_every_length()
    {
        const int most = 330, memory = most + 3 * Lines.Bytes;
        var source = (byte*)NativeMemory.AlignedAlloc(memory, Lines.Bytes);
        var result = (byte*)NativeMemory.AlignedAlloc(memory, Lines.Bytes);
        try
        {
            new Random(3).NextBytes(new Span<byte>(source, memory));
            var expected = new byte[memory];
            for (var offset = 0; offset < Lines.Bytes; offset++)
                for (var length = 0; length <= most; length++)
                {
                    Array.Fill(expected, Untouched);
                    new Span<byte>(source + offset % 7, length).CopyTo(expected.AsSpan(Lines.Bytes + offset));
                    new Span<byte>(result, memory).Fill(Untouched);
                    Lines.Stream(source + offset % 7, result + Lines.Bytes + offset, length);
                    Lines.Fence();
                    if (!new Span<byte>(result, memory).SequenceEqual(expected)) Assert.Fail($"{length} bytes at {offset}");
                }
        }
        finally
        {
            NativeMemory.AlignedFree(source);
            NativeMemory.AlignedFree(result);
        }
    }

    [Test]
    public void Products_wherever_the_result_begins([Values(128, 256, 512)] int simdBits)
    {
        Products<float>(ElementType.Float, simdBits);
        Products<double>(ElementType.Double, simdBits);
        Products<byte>(ElementType.Byte, simdBits);
    }

    static void Products<T>(ElementType element, int simdBits) where T : unmanaged, INumberBase<T>
    {
        const int rows = 3;
        var addresses = stackalloc nint[3];
        foreach (var columns in new[] { 4 * Lines.Bytes / sizeof(T), 80 * Lines.Bytes / sizeof(T) + 5, 81 * Lines.Bytes / sizeof(T) - 1 })
        {
            var plan = EquationPlan.Make("ij,i->ij", element, label => label is 'i' ? rows : columns);
            var kernel = new ProductFamily(new LastCache(0)).Create(plan, simdBits);
            var memory = (nuint)(rows * columns * sizeof(T) + 4 * Lines.Bytes);
            var result = (byte*)NativeMemory.AlignedAlloc(memory, Lines.Bytes);
            var (random, a, x) = (new Random(4), new T[rows * columns], new T[rows]);
            foreach (ref var value in a.AsSpan()) value = T.CreateTruncating(random.Next(100));
            foreach (ref var value in x.AsSpan()) value = T.CreateTruncating(random.Next(100));
            try
            {
                fixed (T* first = a, second = x)
                    for (var offset = 0; offset < Lines.Bytes; offset += sizeof(T))
                    {
                        new Span<byte>(result, (int)memory).Fill(Untouched);
                        var start = (T*)(result + Lines.Bytes + offset);
                        (addresses[0], addresses[1], addresses[2]) = ((nint)first, (nint)second, (nint)start);
                        kernel.Run(addresses, new(2, CancellationToken.None));
                        for (var i = 0; i < a.Length; i++)
                            if (start[i] != unchecked(a[i] * x[i / columns])) Assert.Fail($"{plan} at {offset}: element {i}");
                        Assert.That(!new Span<byte>(result, Lines.Bytes + offset).ContainsAnyExcept(Untouched), () => $"{plan} at {offset}: before");
                        Assert.That(!new Span<byte>(start + a.Length, (int)(result + memory - (byte*)(start + a.Length))).ContainsAnyExcept(Untouched), () => $"{plan} at {offset}: after");
                    }
            }
            finally
            {
                NativeMemory.AlignedFree(result);
            }
        }
    }
}
