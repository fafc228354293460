using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace EinsumNet.Tests.Errors;

/// <summary>Errors that take more than an equation and shapes.</summary>
static class ErrorScenarios
{
    const string Json = """{"version":1,"equation":"ij->i","element":"double","arithmetic":"double","shapes":[[2,3]],"path":[[0]],"finder":"auto","remark":null,"strict":false,"outputDiagonal":false,"sizes":{}}""";

    static readonly double[] s_two = [1, 2];

    internal static Dictionary<string, Action> All { get; } = new()
    {
        ["@ intermediate past 64 bits"] = () => Follow([[0, 1], [0, 1]]).Eval("ij,kl,jkm->ilm", Ones(1 << 20, 1 << 20), Ones(1 << 20, 4), Ones(1 << 20, 1 << 20, 2)),
        ["@ result past an array"] = () => Einsum.Eval<double>("i,j->ij", Ones(1 << 20), Ones(1 << 20)),
        ["@ path with a position too many"] = () => Follow([[0, 1], [0, 2]]).Plan("i,i,i", [3], [3], [3]),
        ["@ path that is null"] = () => new EinsumEngine(new EinsumOptions { PathFinder = new Fixed(null!) }).Plan("i,i,i", [3], [3], [3]),
        ["@ optimal path of 21 operands"] = () => new EinsumEngine(new EinsumOptions { PathFinder = PathFinder.Optimal })
            .Plan(string.Join(',', Enumerable.Repeat("i", 21)), [.. Enumerable.Repeat(Shape.Create([3L]), 21)]),
        ["@ element type decimal"] = () => Einsum.Eval("i->", new[] { 1m }),
        ["@ accumulate double in float"] = () => new EinsumEngine(new EinsumOptions { AccumulateIn = typeof(float) }).Eval("i->", s_two),
        ["@ JSON that is cut off"] = () => EinsumPlan.FromJson(Json[..40]),
        ["@ JSON of another version"] = () => EinsumPlan.FromJson(Json.Replace(":1,", ":2,")),
        ["@ JSON of an unknown element type"] = () => EinsumPlan.FromJson(Json.Replace("\"element\":\"double\"", "\"element\":\"decimal\"")),
        ["@ JSON with a null shape"] = () => EinsumPlan.FromJson(Json.Replace("[2,3]", "null")),
        ["@ JSON with an accumulator that does not widen"] = () => EinsumPlan.FromJson(Json.Replace("\"arithmetic\":\"double\"", "\"arithmetic\":\"int\"")),
        ["@ no thread"] = () => _ = new EinsumEngine(new EinsumOptions { MaxThreads = 0 }),
        ["@ no cache"] = () => _ = new EinsumEngine(new EinsumOptions { CacheCapacity = 0 }),
        ["@ negative memory limit"] = () => _ = new EinsumEngine(new EinsumOptions { MemoryLimit = -1 }),
        ["@ path over the memory limit"] = () => Follow([[1, 2], [0, 1]], memoryLimit: 100).Plan("ij,jk,kl->il", [2, 3], [3, 4], [4, 5]),
        ["@ plan of another element type"] = () => Einsum.Compile<float>(EinsumPlan.FromJson(Json)),
        ["@ destination of another shape"] = () => Einsum.EvalInto<double>("ij->ji", new TensorSpan<double>(new double[4], [2, 2]), new double[2, 3]),
        ["@ destination that overlaps itself"] = () => Einsum.EvalInto("ij->ij", new TensorSpan<double>(new double[3], [2, 3], [0, 1]), new double[2, 3]),
        ["@ expression with another shape"] = () => Einsum.Compile<double>("ij,j->i", [2, 3], [3]).Invoke(new double[2, 3], s_two),
        ["@ expression with another number of operands"] = () => Einsum.Compile<double>("ij,j->i", [2, 3], [3]).Invoke(new double[2, 3]),
        ["@ intermediates larger than the machine"] = () => Follow([[0, 1], [0, 1]]).Eval<double>(
            "ij,jk,ki->", new Operand<double>(s_two, [1 << 22, 2], [0, 1]), new Operand<double>(s_two, [2, 1 << 22], [1, 0]), new Operand<double>(s_two, [1 << 22, 1 << 22], [0, 0])),
        ["@ too few lists"] = () => Einsum.EvalMany<double>("ij,jk->ik", Matrices(1, [2, 3])),
        ["@ lists of different lengths"] = () => Einsum.EvalMany<double>("ij,jk->ik", Matrices(3, [2, 3]), Matrices(2, [3, 4])),
        ["@ too few destinations"] = () => Einsum.CompileMany<double>("ij->ji", new Shape[] { [2, 3], [3, 4] }).InvokeInto([], Matrices(2, [2, 3])),
        ["@ too many members"] = () => Einsum.CompileMany<double>("ij->ji", new Shape[] { [2, 3], [2, 3] }).Invoke(Matrices(3, [2, 3])),
        ["@ member that does not fit"] = () => Einsum.EvalMany<double>("ij,jk->ik", Matrices(3, [2, 3]), [.. Matrices(2, [3, 4]), .. Matrices(1, [5, 4])]),
        ["@ negative group"] = () => Einsum.RaggedDot<double>(new double[4, 3], new double[2, 3, 5], [2, -1]),
        ["@ groups too long"] = () => Einsum.RaggedDot<double>(new double[4, 3], new double[2, 3, 5], [2, 3]),
        ["@ too few groups"] = () => Einsum.RaggedDot<double>(new double[4, 3], new double[2, 3, 5], [2]),
        ["@ ragged label in no operand"] = () => Einsum.RaggedDot<double>("mk,gkn->mn", "x", "g", [2, 2], new double[4, 3], new double[2, 3, 5]),
        ["@ ragged label lost"] = () => Einsum.RaggedDot<double>("mk,kn->mn", "k", null, [2, 1], new double[4, 3], new double[3, 5]),
        ["@ descending offsets"] = () => RaggedTensor<double>.Create(s_two, [0, 2, 1]),
        ["@ memory too short"] = () => _ = new Operand<double>(s_two, [2, 3]),
        ["@ memory too short for its strides"] = () => _ = new Operand<double>(new double[10], [2, 3], [6, 2], 1),
        ["@ strides of another rank"] = () => _ = new Operand<double>(s_two, [2], [1, 1]),
        ["@ negative stride"] = () => _ = new Operand<double>(s_two, [1, 2], [2, -1], 1),
        ["@ negative offset"] = () => _ = new Operand<double>(s_two, [1], [1], -1),
        ["@ memory of a negative size"] = () => _ = new Operand<double>(s_two, [2, -3]),
        ["@ memory of a shape past 64 bits"] = () => _ = new Operand<double>(s_two, [1L << 32, 1L << 32], [0, 0]),
        ["@ negative sublist label"] = () => Equation.FromSublists([[0, 1], [1, -2]]),
        ["@ negative sublist label of the output"] = () => Equation.FromSublists([[0, 1]], [-1]),
        ["@ no GPU"] = () => Backends.Gpu.GpuBackend.First([], ["CUDA: libcuda.so.1 not found", "OpenCL: libOpenCL.so.1 not found"]),
        ["@ driver that refuses a copy"] = () => Gpu.GpuScenarios.Failing("cuMemcpyHtoDAsync", 1),
        ["@ kernel that does not compile"] = Gpu.GpuScenarios.Compile,
        ["@ buffer past the budget"] = () => Gpu.GpuScenarios.Empty(1 << 20, budget: 1 << 20).Dispose(),
        ["@ image that the compiler does not give"] = () => Gpu.GpuScenarios.Failing("nvrtcGetCUBIN", 4),
        ["@ module without the kernel"] = () => Gpu.GpuScenarios.Failing("cuModuleGetFunction", 500),
        ["@ host without memory to pin"] = () => Gpu.GpuScenarios.Failing("cuMemHostAlloc", 2),
        ["@ double on a device without"] = Gpu.GpuScenarios.DoubleOnFloat,
        ["@ device tensor on the cpu"] = () => Gpu.GpuScenarios.OnTheCpu(),
        ["@ one destination for two members"] = Gpu.GpuScenarios.OneDestination,
        ["@ device that is lost"] = () => Gpu.GpuScenarios.Failing("cuEventSynchronize", 719),
        ["@ device that was lost"] = Gpu.GpuScenarios.LostBefore,
        ["@ group larger than the device's"] = Gpu.GpuScenarios.LargeGroup,
        ["@ context that is null"] = () => Gpu.GpuScenarios.Foreign(),
        ["@ no sublist"] = () => Equation.FromSublists(Array.Empty<int[]>()),
    };

    /// <summary>One element, repeated along every axis.</summary>
    static Operand<double> Ones(params long[] sizes) => new(new[] { 1.0 }, [.. sizes], new long[sizes.Length]);

    static EinsumEngine Follow(ImmutableArray<int>[] steps, long? memoryLimit = null) =>
        new(new EinsumOptions { PathFinder = new Fixed(new ContractionPath([.. steps])), MemoryLimit = memoryLimit });

    sealed class Fixed(ContractionPath path) : IPathFinder
    {
        public string Name => "fixed";

        public ContractionPath Find(ContractionProblem problem) => path;
    }

    static Operand<double>[] Matrices(int count, Shape shape) =>
        [.. Enumerable.Repeat(new Operand<double>(new double[shape.Aggregate((product, size) => product * size)], shape), count)];
}
