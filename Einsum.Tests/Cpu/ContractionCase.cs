using System.Collections.Immutable;
using System.Numerics;

namespace EinsumNet.Backends.Cpu.Tests;

/// <summary>
/// A contraction with its memory, run by a kernel and by the naive loop nest. The result's memory starts as NaNs of one pattern, which also stand in
/// its gaps and around it, so that a stray write shows; past the operands lies memory that may not be read.
/// </summary>
sealed unsafe class ContractionCase<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    const int Guard = 40;

    readonly GuardedMemory<T> _a;
    readonly GuardedMemory<T> _b;

    internal ContractionCase(IReadOnlyList<Loop> loops, int seed = 1)
    {
        var element = ElementTypes.Of(typeof(T));
        Plan = new KernelPlan(
            KernelKind.Contraction, [new KernelOperand(element), new KernelOperand(element)], new KernelOperand(element), [.. loops]);
        var random = new Random(seed);
        _a = Values(Reach(0), random);
        _b = Values(Reach(1), random);
    }

    internal KernelPlan Plan { get; }

    /// <summary>The plan <c>ij,jk->ik</c> of dense matrices, either operand stored transposed and the result by columns when asked.</summary>
    internal static ContractionCase<T> Matrices(
        int rows, int columns, int depth, bool transposeA = false, bool transposeB = false, bool resultByColumns = false) =>
        new(MatrixLoops(rows, columns, depth, transposeA, transposeB, resultByColumns));

    internal static ImmutableArray<Loop> MatrixLoops(
        int rows, int columns, int depth, bool transposeA = false, bool transposeB = false, bool resultByColumns = false) =>
    [
        new Loop(rows, LoopRole.Left, [transposeA ? 1 : depth, 0, resultByColumns ? 1 : columns]),
        new Loop(columns, LoopRole.Right, [0, transposeB ? depth : 1, resultByColumns ? rows : 1]),
        new Loop(depth, LoopRole.Contracted, [transposeA ? rows : 1, transposeB ? 1 : columns, 0]),
    ];

    /// <summary>Runs the kernel into fresh memory, guards included.</summary>
    internal T[] Run(int simdBits, int threads, CancellationToken cancellation = default)
    {
        var result = new T[Reach(2) + 2 * Guard];
        Array.Fill(result, T.NaN);
        Run(new PackedFamily().Create(Plan, simdBits), result, new CpuContext(threads, cancellation));
        return result;
    }

    internal void Run(CpuKernel kernel, T[] result, CpuContext context) => Run(kernel, result, context, byLine: false);

    /// <summary>Gives the place in <paramref name="result"/> of the first element, which begins a cache line where asked.</summary>
    int Run(CpuKernel kernel, T[] result, CpuContext context, bool byLine)
    {
        const int line = 64;
        fixed (T* c = result)
        {
            var start = Guard;
            while (byLine && (nint)(c + start) % line != 0) start++;
            var addresses = stackalloc nint[] { (nint)_a.Start, (nint)_b.Start, (nint)(c + start) };
            kernel.Run(addresses, context);
            return start;
        }
    }

    /// <summary>
    /// Runs and compares with the naive nest: within (depth + 2) * eps * sum of |a * b|, and not one element elsewhere touched. Gives the memory
    /// back.
    /// </summary>
    internal void Check(int simdBits, int threads = 1) => Check(new PackedFamily().Create(Plan, simdBits), $"{simdBits} bits, {threads} threads", threads);

    /// <summary>The same for a kernel that the family would not make here, or a result that begins a cache line.</summary>
    internal void Check(CpuKernel kernel, string name, int threads = 1, bool byLine = false)
    {
        using var memory = this;
        var actual = new T[Reach(2) + 2 * Guard];
        Array.Fill(actual, T.NaN);
        var start = Run(kernel, actual, new CpuContext(threads, CancellationToken.None), byLine);
        var written = new bool[actual.Length];
        var epsilon = typeof(T) == typeof(float) ? 1.2e-7 : 2.3e-16;
        foreach (var (address, sum, magnitude) in Naive())
        {
            written[start + address] = true;
            var error = Math.Abs(double.CreateChecked(actual[start + address]) - sum);
            var bound = (Plan.Extent(LoopRole.Contracted) + 2) * epsilon * magnitude;
            if (double.IsNaN(error) || error > bound)
                Assert.Fail($"{name}, {Plan}: at {address}, error {error}, bound {bound}");
        }

        for (var i = 0; i < actual.Length; i++)
            if (!written[i] && !T.IsNaN(actual[i])) Assert.Fail($"{name}, {Plan}: wrote at {i - start}");
    }

    /// <summary>Each result element's address, its sum, and the sum of |a * b|.</summary>
    IEnumerable<(long Address, double Sum, double Magnitude)> Naive()
    {
        var (x, y) = (Doubles(_a, Reach(0)), Doubles(_b, Reach(1)));
        var inner = Addresses([.. Plan.LoopsOf(LoopRole.Contracted)]).Select(place => ((int)place.A, (int)place.B)).ToArray();
        foreach (var (a, b, c) in Addresses([.. Plan.Loops.Where(loop => loop.Role != LoopRole.Contracted)]))
        {
            var (sum, magnitude) = Sum(x.AsSpan(Math.Min((int)a, x.Length)), y.AsSpan(Math.Min((int)b, y.Length)), inner);
            yield return (c, sum, magnitude);
        }
    }

    static (double Sum, double Magnitude) Sum(ReadOnlySpan<double> a, ReadOnlySpan<double> b, (int A, int B)[] places)
    {
        var (sum, magnitude) = (0.0, 0.0);
        foreach (var (p, q) in places)
        {
            var product = a[p] * b[q];
            sum += product;
            magnitude += Math.Abs(product);
        }
        return (sum, magnitude);
    }

    static IEnumerable<(long A, long B, long C)> Addresses(IReadOnlyList<Loop> loops)
    {
        if (loops.Count == 0) return [(0, 0, 0)];
        var rest = Addresses([.. loops.Skip(1)]).ToList();
        var s = loops[0].Strides;
        return from i in Enumerable.Range(0, (int)loops[0].Extent)
               from r in rest
               select (i * s[0] + r.A, i * s[1] + r.B, i * s[2] + r.C);
    }

    /// <summary>How many elements the operand's memory has.</summary>
    int Reach(int operand) =>
        Plan.Loops.Any(loop => loop.Extent == 0 && loop.Strides[operand] != 0)
            ? 0
            : (int)Plan.Loops.Sum(loop => Math.Max(loop.Extent - 1, 0) * loop.Strides[operand]) + 1;

    static double[] Doubles(GuardedMemory<T> memory, int count)
    {
        var doubles = new double[count];
        for (var i = 0; i < count; i++) doubles[i] = double.CreateChecked(memory.Start[i]);
        return doubles;
    }

    static GuardedMemory<T> Values(int count, Random random)
    {
        var values = new GuardedMemory<T>(count);
        for (var i = 0; i < count; i++) values.Start[i] = T.CreateChecked(random.NextDouble() * 2 - 1);
        return values;
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
