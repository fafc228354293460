using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Lists of offsets, which are written and looked at in vectors: of every length around these, with a break at every place.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class OffsetsTests
{
    const int MostCount = 37;

    [Test]
    public void Written([Range(0, MostCount)] int count, [Values(0, 1, -3, 1000)] int stride)
    {
        var offsets = new nint[count + 1];
        offsets[count] = 77;
        fixed (nint* first = offsets) Offsets.Write(5, stride, count, first);
        Assert.That(offsets, Is.EqualTo((nint[])[.. Enumerable.Range(0, count).Select(i => (nint)(5 + i * stride)), 77]));
    }

    [Test]
    public void A_break_is_seen_wherever_it_is([Range(1, MostCount)] int count, [Values(0, 1, 3)] int stride)
    {
        for (var at = 1; at <= count; at++)
        {
            // Behind the list, at the last place, something else stands.
            nint[] offsets = [.. Enumerable.Range(0, count + 1).Select(i => (nint)(5 + i * stride + (i >= at ? 1 : 0)))];
            fixed (nint* first = offsets)
            {
                Assert.That(Offsets.HaveStride(first, count, stride), Is.EqualTo(at == count), $"at {at}");
                if (stride != 1) continue;
                Assert.That(Offsets.Run(first, count), Is.EqualTo(at), $"at {at}");
            }
        }
    }
}
