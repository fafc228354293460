using System.Globalization;
using EinsumNet.Benchmarks;

const string Usage = """
    dotnet run -c Release --project Einsum.Benchmarks -- COMMAND
      gemm [SIZE | ROWSxCOLUMNSxDEPTH]... [--layouts] [--threads N]...   matrix products beside OpenBLAS
      serve [--threads N]                                                 timing requests from standard input, one JSON object a line
      roofline                                                            this machine's peak of multiply-adds and its bandwidths
    """;

switch (args)
{
    case ["gemm", .. var rest]:
        GemmBenchmark.Run(rest);
        return 0;
    case ["roofline"]:
        Roofline.Run();
        return 0;
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
