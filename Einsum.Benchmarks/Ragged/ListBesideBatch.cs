using System.Globalization;
using System.Numerics.Tensors;

namespace EinsumNet.Benchmarks;

/// <summary>A list of equal products beside one batched product of the same operands, stacked.</summary>
static class ListBesideBatch
{
    const int Rounds = 7;

    internal static void Print(TextWriter output, int threads, int count, int size)
    {
        var engine = new EinsumEngine(new EinsumOptions { MaxThreads = threads });
        using var lefts = new TouchedMemory<float>((long)count * size * size);
        using var rights = new TouchedMemory<float>((long)count * size * size);
        Fill(lefts.GetSpan());
        Fill(rights.GetSpan());
        var each = size * size;
        Operand<float>[] left = [.. Enumerable.Range(0, count).Select(i => new Operand<float>(lefts.Memory.Slice(i * each, each), [size, size]))];
        Operand<float>[] right = [.. Enumerable.Range(0, count).Select(i => new Operand<float>(rights.Memory.Slice(i * each, each), [size, size]))];
        var batch = RaggedList<float>.Compile(engine, [.. Enumerable.Repeat((size, size, size), count)]);
        var results = batch.Invoke(left, right);

        var stacked = engine.Compile<float>("bij,bjk->bik", [count, size, size], [count, size, size]);
        var result = Tensor.CreateFromShape<float>([count, size, size]);
        Operand<float>[] operands = [new(lefts.Memory, [count, size, size]), new(rights.Memory, [count, size, size])];
        var seconds = Timing.InTurns(Rounds, () => batch.InvokeInto(results, left, right), () => stacked.InvokeInto(result, operands));
        output.WriteLine($"{count} products of {size} x {size}, float, {threads} threads, medians of {Rounds} turns: the list {Milli(seconds[0])} ms, one batched call {Milli(seconds[1])} ms, ratio {(seconds[1] / seconds[0]).ToString("0.00", CultureInfo.InvariantCulture)}.");
        output.WriteLine();
    }

    static void Fill(Span<float> elements)
    {
        for (var e = 0; e < elements.Length; e++) elements[e] = e % 101 / 101f;
    }

    static string Milli(double seconds) => (seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture);
}
