using System.Globalization;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary><c>ij,jk->ik</c> by the kernel that its plan takes, beside OpenBLAS, in one process and in turns.</summary>
static unsafe class GemmBenchmark
{
    const int Rounds = 9;

    internal static void Run(ReadOnlySpan<string> args)
    {
        List<(int Rows, int Columns, int Depth)> sizes = [];
        List<int> threads = [];
        var layouts = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--layouts") layouts = true;
            else if (args[i] == "--threads") threads.Add(Number(args[++i]));
            else sizes.Add(Size(args[i]));
        }

        if (sizes.Count == 0) sizes.AddRange(new[] { 256, 512, 1024, 2048 }.Select(n => (n, n, n)));
        if (threads.Count == 0) threads.AddRange([1, 2]);
        Console.WriteLine(OpenBlas.Missing ?? $"OpenBLAS: {OpenBlas.Version}");
        Console.WriteLine($"vectors of {SimdWidth.Bits} bits, medians of {Rounds} interleaved samples");
        Console.WriteLine();
        Console.WriteLine("| rows x columns x depth | layout | type | threads | ours GFLOPS | OpenBLAS GFLOPS | ratio | share of peak |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        Table<float>(sizes, threads, layouts);
        Table<double>(sizes, threads, layouts);
    }

    static void Table<T>(List<(int, int, int)> sizes, List<int> threads, bool layouts) where T : unmanaged
    {
        var peak = Peak.Measure<T>(threads: 1) / 1e9;
        foreach (var count in threads)
        {
            foreach (var (rows, columns, depth) in sizes)
            {
                for (var layout = 0; layout < (layouts ? 4 : 1); layout++)
                    Row<T>(rows, columns, depth, (layout & 2) != 0, (layout & 1) != 0, count, peak * count);
            }
        }
    }

    static void Row<T>(int rows, int columns, int depth, bool transposeA, bool transposeB, int threads, double peak) where T : unmanaged
    {
        T* a = Matrix<T>((long)rows * depth), b = Matrix<T>((long)depth * columns);
        T* ours = Matrix<T>((long)rows * columns), theirs = Matrix<T>((long)rows * columns);
        var kernel = KernelFamilies.Create(Plan<T>(rows, columns, depth, transposeA, transposeB), SimdWidth.Bits);
        var context = new CpuContext(threads, CancellationToken.None);
        Action us = () =>
        {
            var addresses = stackalloc nint[] { (nint)a, (nint)b, (nint)ours };
            kernel.Run(addresses, context);
        };
        Action them = () => { };
        if (OpenBlas.Missing is null)
        {
            OpenBlas.SetThreads(threads);
            them = () => OpenBlas.Multiply(rows, columns, depth, transposeA, transposeB, a, b, theirs);
        }

        var seconds = Timing.Interleave(Rounds, us, them);
        var flops = 2.0 * rows * columns * depth / 1e9;
        var (gflops, rival) = (flops / seconds[0], OpenBlas.Missing is null ? flops / seconds[1] : double.NaN);
        var name = $"{(transposeA ? 't' : 'n')}{(transposeB ? 't' : 'n')}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {rows}x{columns}x{depth} | {name} | {typeof(T).Name} | {threads} | {gflops:F1} | {rival:F1} | {gflops / rival:F2} | {gflops / peak:F3} |"));
        foreach (var matrix in new[] { (nint)a, (nint)b, (nint)ours, (nint)theirs }) NativeMemory.AlignedFree((void*)matrix);
    }

    static KernelPlan Plan<T>(int rows, int columns, int depth, bool transposeA, bool transposeB)
    {
        var operand = new KernelOperand(ElementTypes.Of(typeof(T)));
        return new KernelPlan(KernelKind.Contraction, [operand, operand], operand,
        [
            new Loop(rows, LoopRole.Left, [transposeA ? 1 : depth, 0, columns]),
            new Loop(columns, LoopRole.Right, [0, transposeB ? depth : 1, 1]),
            new Loop(depth, LoopRole.Contracted, [transposeA ? rows : 1, transposeB ? 1 : columns, 0]),
        ]);
    }

    static T* Matrix<T>(long count) where T : unmanaged
    {
        var matrix = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), 64);
        var random = new Random(1);
        for (long i = 0; i < count; i++)
        {
            if (typeof(T) == typeof(float)) ((float*)matrix)[i] = random.NextSingle() - 0.5f;
            else ((double*)matrix)[i] = random.NextDouble() - 0.5;
        }

        return matrix;
    }

    static (int Rows, int Columns, int Depth) Size(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 3 ? (Number(parts[0]), Number(parts[1]), Number(parts[2])) : (Number(text), Number(text), Number(text));
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
