using EinsumNet.Benchmarks;

const string Usage = """
    dotnet run -c Release --project Einsum.Benchmarks -- COMMAND
      gemm [SIZE | ROWSxCOLUMNSxDEPTH]... [--layouts] [--threads N]...   matrix products beside OpenBLAS
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
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
