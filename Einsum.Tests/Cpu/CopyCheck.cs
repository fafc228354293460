using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Cpu.Tests;

namespace EinsumNet.Tests.Cpu;

/// <summary>Compares a copy with the naive one byte by byte, and everything around the result with what was there before.</summary>
static unsafe class CopyCheck
{
    const int Guard = 128;

    /// <summary>Runs with the result so many elements after a cache line's beginning.</summary>
    internal static void Run(KernelPlan plan, CpuKernel kernel, int offset)
    {
        // Nothing behind the operand's last element can be read, nor anything before its first.
        foreach (var inFront in new[] { false, true }) Run(plan, kernel, offset, inFront);
    }

    static void Run(KernelPlan plan, CpuKernel kernel, int offset, bool inFront)
    {
        var size = plan.Element.Size();
        var (operand, result) = (Bytes(plan, 0), Bytes(plan, 1));
        using var memory = new GuardedMemory<byte>(operand, inFront);
        var source = memory.Start;
        var start = (byte*)NativeMemory.AlignedAlloc((nuint)result + 2 * Guard + 1024, 64);
        try
        {
            new Random(8).NextBytes(new Span<byte>(source, operand));
            var everything = new Span<byte>(start, result + 2 * Guard + 1024);
            everything.Fill(0xA5);
            var expected = everything.ToArray();
            var first = Guard + offset * size;
            Copy(plan.Loops.ToArray(), 0, 0);
            var addresses = stackalloc nint[] { (nint)source, (nint)(start + first) };
            kernel.Run(addresses, new(2, CancellationToken.None));
            Assert.That(everything.SequenceEqual(expected), () => $"{plan} at {offset}");

            void Copy(ReadOnlySpan<Loop> loops, long from, long to)
            {
                if (loops.IsEmpty) new Span<byte>(source + from * size, size).CopyTo(expected.AsSpan(first + (int)to * size));
                else
                    for (var i = 0; i < loops[0].Extent; i++) Copy(loops[1..], from + i * loops[0].Strides[0], to + i * loops[0].Strides[1]);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(start);
        }
    }

    static int Bytes(KernelPlan plan, int operand) => ((int)plan.Loops.Sum(loop => (loop.Extent - 1) * loop.Strides[operand]) + 1) * plan.Element.Size();
}
