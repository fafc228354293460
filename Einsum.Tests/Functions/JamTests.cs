using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

/// <summary>Sums whose free loops are unrolled and jammed: every number of rows and of columns around what is taken at a time.</summary>
[Parallelizable(ParallelScope.All)]
abstract class JamTests<TTarget> where TTarget : IFunctionTarget
{
    protected static readonly TensorFunction s_layer = Fn.Jit((x, w, b) => Fn.Max(x.MatMul(w) * 0.5 + b, 0));

    static readonly TensorFunction s_transposed = Fn.Jit((x, v) => Fn.Einsum("kij,ik->kj", x, v) + 1);

    static void Agrees(TensorFunction function, params Dense[] arguments)
    {
        Dense[] floats = [.. arguments.Select(argument => Dense.Of(argument.Shape, Array.ConvertAll(argument.As<double>(), number => (float)number)))];
        foreach (var given in TTarget.HasFewSizes ? (Dense[][])[floats] : [arguments, floats])
        {
            var (expected, about) = (Run.Interpreted(function, given)[0], string.Join(" ", given.Select(value => value.Type)));
            Run.AreClose(Run.Compiled(function.On(TTarget.Engine), given)[0], expected, about);
            if (!TTarget.HasFewSizes) Run.AreClose(Run.InBlocks(function, given)[0], expected, about);
        }
    }

    static int[] LayerRows => TTarget.HasFewSizes ? [9] : [1, 3, 8, 9, 17, 33];

    static int[] LayerColumns => TTarget.HasFewSizes ? [33] : [1, 7, 8, 9, 15, 16, 17, 24, 33, 49];

    [Test]
    public void Layers_of_any_size_agree([ValueSource(nameof(LayerRows))] int rows, [ValueSource(nameof(LayerColumns))] int columns)
    {
        var random = new Random(rows * 100 + columns);
        foreach (var inner in (int[])[0, 1, 9])
            Agrees(s_layer, Run.Numbers(random, [rows, inner]), Run.Numbers(random, [inner, columns]), Run.Numbers(random, [columns]));
    }

    static int[] SummedRows => TTarget.HasFewSizes ? [40] : [1, 3, 5, 40];

    static int[] SummedColumns => TTarget.HasFewSizes ? [300] : [1, 7, 8, 15, 16, 63, 64, 127, 129, 130, 255, 272, 300];

    [Test]
    public void Columns_are_summed_side_by_side([ValueSource(nameof(SummedRows))] int rows, [ValueSource(nameof(SummedColumns))] int columns)
    {
        var random = new Random(rows * 1000 + columns);
        Agrees(Fn.Jit(x => x.Sum(0)), Run.Numbers(random, [rows, columns]));
        Agrees(Fn.Jit(x => (x * x).Mean(1).Exp()), Run.Numbers(random, [3, rows, columns]));
        Agrees(Fn.Jit(x => x.Max(0) - x.Min(0)), Run.Numbers(random, [rows, columns]));
        Agrees(s_transposed, Run.Numbers(random, [2, rows, columns]), Run.Numbers(random, [rows, 2]));
    }

    static int[] StretchColumns => TTarget.HasFewSizes ? [1003] : [700, 1003, 4099];

    [Test]
    public void Stretches_of_jammed_loops_meet([ValueSource(nameof(StretchColumns))] int columns)
    {
        var random = new Random(columns);
        Agrees(Fn.Jit(x => (x * 2).Sum(0)), Run.Numbers(random, [1200, columns]));
        Agrees(Fn.Jit((x, w) => Fn.Einsum("ik,kj->ij", x, w).Abs()), Run.Numbers(random, [columns, 4]), Run.Numbers(random, [4, 31]));
    }

    static int[] OverwrittenColumns => TTarget.HasFewSizes ? [24] : [17, 24, 40];

    /// <summary>What is computed twice must not read what it wrote: here the sum is written over what it is added to.</summary>
    [Test]
    public void A_sum_may_be_written_over_its_operand([ValueSource(nameof(OverwrittenColumns))] int columns)
    {
        var random = new Random(columns);
        var function = Fn.Jit((x, w) => (x.Exp() is var e ? e + e.MatMul(w) * 0.05 : e).MatMul(w).Tanh());
        Agrees(function, Run.Numbers(random, [90, columns]), Run.Numbers(random, [columns, columns]));
    }
}

/// <summary>On the processor.</summary>
sealed class CpuJamTests : JamTests<CpuFunctionConformance.Target>
{
    [Test]
    public void A_layer_is_one_kernel([Values(1, 8, 33)] int rows, [Values(7, 16, 49)] int columns) =>
        Assert.That(s_layer.Compile<float>([rows, 5], [5, columns], [columns]).Steps, Has.Length.EqualTo(1).And.All.InstanceOf<NestStep>());

    /// <summary>Threads take stretches of the outermost loop, which begin and end anywhere in it.</summary>
    [Test]
    public void Stretches_of_threads_meet([Values(700, 1003, 4099)] int columns)
    {
        var random = new Random(columns);
        Run.AgreesForAnyThreads(Fn.Jit(x => (x * 2).Sum(0)), [Run.Numbers(random, [1200, columns])]);
        Run.AgreesForAnyThreads(Fn.Jit((x, w) => Fn.Einsum("ik,kj->ij", x, w).Abs()), [Run.Numbers(random, [columns, 4]), Run.Numbers(random, [4, 31])]);
    }
}
