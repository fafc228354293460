using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>What CUDA's instructions for copies and matrix products mean.</summary>
sealed unsafe partial class IrInterpreter
{
    readonly Dictionary<int, List<List<Action>>> _copies = [];

    /// <summary>The copy reads now and writes when it is waited for, which is as late as it may.</summary>
    void Copy(CopyAsyncStatement copy, int thread)
    {
        var (to, place, valid) = (Memory(copy.Local, thread), Whole(copy.LocalPlace, thread), Whole(copy.Valid, thread));
        var from = Whole(copy.Place, thread);
        if (valid < 0 || valid > copy.Count) Assert.Fail($"a copy of {copy.Count} elements, {valid} of them valid");
        if (!to.IsAligned(place, copy.Count * copy.Local.Element.Size())) Assert.Fail($"a copy to {copy.Local.Name} is not aligned");
        if (valid > 0 && !Memory(copy.Source, thread).IsAligned(from, copy.Count * copy.Local.Element.Size())) Assert.Fail($"a copy from {copy.Source.Name} is not aligned");
        var type = copy.Local.Element.Value();
        for (var i = 0; i < copy.Count; i++)
        {
            var (at, value) = (place + i, i < valid ? Memory(copy.Source, thread).Read(from + i, thread, _epoch) : default);
            to.Expect(at, thread, _epoch);
            Open(thread)[^1].Add(() => to.Write(at, value, type, thread, _epoch, 0));
        }
    }

    List<List<Action>> Open(int thread)
    {
        if (!_copies.TryGetValue(thread, out var groups)) _copies[thread] = groups = [[]];
        return groups;
    }

    void Commit(int thread) => Open(thread).Add([]);

    void Wait(int thread, int pending)
    {
        var groups = Open(thread);
        while (groups.Count - 1 > pending)
        {
            foreach (var write in groups[0]) write();
            groups.RemoveAt(0);
        }
    }

    /// <summary>Gathers the matrices from the threads' registers (PTX ISA, "Matrix fragments for mma"), multiplies, and gives the sums back.</summary>
    void Multiply(MmaStatement mma, int[] threads)
    {
        Assert.That(threads, Has.Length.EqualTo(_kernel.Threads), "not every thread comes to a matrix product");
        for (var warp = 0; warp < threads.Length; warp += 32) Multiply(mma, warp);
    }

    void Multiply(MmaStatement mma, int warp)
    {
        var (rows, depth) = (mma.Kind.Rows, mma.Kind.Depth);
        var (x, y) = (new double[rows, depth], new double[depth, 8]);
        for (var lane = 0; lane < 32; lane++)
        {
            var (thread, group, quad) = (warp + lane, lane >> 2, lane & 3);
            for (var r = 0; r < rows * depth / 32 / mma.Kind.PerRegister; r++)
            {
                var word = Memory(mma.X, thread).Read(Whole(mma.XAt, thread) + r, thread, _epoch);
                // a0 and a1 lie at (group, 2 quad), a2 and a3 eight rows below, a4 to a7 eight columns right of those; of one element each likewise, by four.
                if (mma.Kind.PerRegister == 2) for (var i = 0; i < 2; i++) x[group + (r % 2 == 1 ? 8 : 0), quad * 2 + i + (r >= 2 ? 8 : 0)] = Element(mma.Kind, word, i);
                else x[group + (r % 2 == 1 ? 8 : 0), quad + (r >= 2 ? 4 : 0)] = Element(mma.Kind, word, 0);
            }
            for (var r = 0; r < depth * 8 / 32 / mma.Kind.PerRegister; r++)
            {
                var word = Memory(mma.Y, thread).Read(Whole(mma.YAt, thread) + r, thread, _epoch);
                if (mma.Kind.PerRegister == 2) for (var i = 0; i < 2; i++) y[quad * 2 + i + r * 8, group] = Element(mma.Kind, word, i);
                else y[quad + r * 4, group] = Element(mma.Kind, word, 0);
            }
        }
        for (var lane = 0; lane < 32; lane++)
        {
            var (thread, group, quad) = (warp + lane, lane >> 2, lane & 3);
            for (var r = 0; r < rows * 8 / 32; r++)
            {
                var place = Whole(mma.SumsAt, thread) + r;
                var sum = Memory(mma.Sums, thread).Read(place, thread, _epoch).Real;
                for (var k = 0; k < depth; k++) sum += x[group + (r >= 2 ? 8 : 0), k] * y[k, quad * 2 + (r & 1)];
                Memory(mma.Sums, thread).Write(place, IrValue.Of(sum), mma.Kind.Sum, thread, _epoch, 0);
            }
        }
    }

    static double Element(MmaKind kind, IrValue word, int half) =>
        kind == MmaKind.Double ? word.Real
        : kind == MmaKind.Tf32 ? BitConverter.UInt32BitsToSingle((uint)word.Whole)
        : kind == MmaKind.Half ? (double)BitConverter.UInt16BitsToHalf((ushort)(word.Whole >> 16 * half))
        : BitConverter.UInt32BitsToSingle((uint)(word.Whole >> 16 * half & 0xffff) << 16);

    static long Even(long place) => place % 2 == 0 ? place : throw new InvalidOperationException($"A word at the odd place {place}.");
}
