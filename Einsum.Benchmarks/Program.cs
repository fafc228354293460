using System.Globalization;
using EinsumNet.Benchmarks;

const string Usage = """
    dotnet run -c Release --project Einsum.Benchmarks -- COMMAND
      gemm [SIZE | ROWSxCOLUMNSxDEPTH]... [--layouts] [--threads N]...   matrix products beside OpenBLAS
      serve [--threads N]                                                 timing requests from standard input, one JSON object a line
      report [--dtype float32,float64,complex128] [--threads 1,2] [--peers numpy,torch] [--cases FILES | --random SEED] [--near SEED] [--only REGEX] [--python PATH]
                                                                          every case beside NumPy and PyTorch, as shares of the limit; near: cases like them, of other sizes and orders of axes
      functions [--threads N] [--only TEXT] [--python PATH]               traced functions beside loops written by hand and NumPy
      gpu [--device N] [--small] [--only NAME] [--alone | --python PATH]  a device: JSON lines, each case checked, beside PyTorch and JAX on CUDA unless alone
      ragged [--only first,loops,batched,memory] [--lists REGEX] [--threads N] [--python PATH]
                                                                          lists of products whose shapes differ: planning, speed, memory
      overhead                                                            what a call costs beside its arithmetic, cached and the first time
      scaling [--dtype float32,float64] [--threads N] [--only REGEX]      one thread and all of them in turns, where arithmetic is the limit
      roofline                                                            this machine's peak of multiply-adds and its bandwidths
    """;

switch (args)
{
    case ["gemm", .. var rest]:
        GemmBenchmark.Run(rest);
        return 0;
    case ["roofline"]:
        foreach (var threads in (int[])[1, Environment.ProcessorCount]) Roofline.Measure(threads).Print(Console.Out);
        return 0;
    case ["functions", .. var rest]:
        FunctionsBenchmark.Run(rest);
        return 0;
    case ["ragged", .. var rest]:
        RaggedBenchmark.Run(rest);
        return 0;
    case ["overhead", .. var rest]:
        OverheadBenchmark.Run(rest);
        return 0;
    case ["report", .. var rest]:
        Report.Run(rest);
        return 0;
    case ["scaling", .. var rest]:
        Scaling.Run(rest);
        return 0;
    case ["gpu", .. var rest]:
        return GpuBenchmark.Run(rest);
    case ["serve"]:
        Serve.Run(Environment.ProcessorCount);
        return 0;
    case ["serve", "--threads", var threads]:
        Serve.Run(int.Parse(threads, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
