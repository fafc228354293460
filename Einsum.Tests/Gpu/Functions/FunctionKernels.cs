using System.Collections.Immutable;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Gpu;

/// <summary>Functions by name that reach every way of emitting their kernels, every function of elements, and every element type.</summary>
static class FunctionKernels
{
    /// <summary>What Oclgrind has no function for.</summary>
    internal const string Extremes = "extremes of integers";

    static readonly (string Name, TensorFunction Function, TensorType[] Operands)[] s_all =
    [
        ("chain", Fn.Jit((x, y) => (x * 2 + y).Exp() - x), Two(ElementType.Float, [30, 20])),
        ("transposed", Fn.Jit((x, y) => x.Transpose() + y.Slice(1, 0, 40, 2).Reshape([20, 30])), [new(ElementType.Float, [30, 20]), new(ElementType.Float, [30, 40])]),
        ("long rows", Fn.Jit(x => x.Sum(1) * 0.5), [new(ElementType.Float, [3, 3000])]),
        ("rows", Fn.Jit(x => (x * x).Mean(1) - x.Mean(1)), [new(ElementType.Double, [900, 40])]),
        ("columns", Fn.Jit(x => x.Max(0)), [new(ElementType.Float, [50, 300])]),
        ("running sum", Fn.Jit(x => x.CumSum(0)), [new(ElementType.Float, [2000])]),
        ("recurrence", Fn.Jit((x, y) => Fn.Scan((c, row) => (c * 0.5 + row, c - row), y, x).Results), [new(ElementType.Float, [5, 300]), new(ElementType.Float, [300])]),
        ("place of the greatest", Fn.Jit(x => x.ArgMax(1)), [new(ElementType.Double, [4, 70])]),
        ("taken", Fn.Vmap((x, y) => x.At(y.Convert<long>())), [new(ElementType.Float, [9, 5]), new(ElementType.Float, [9])]),
        ("division of integers", Fn.Jit((x, y) => x / y + x % y), Two(ElementType.Int, [100])),
        ("every function of floats", Every<float>(), Two(ElementType.Float, [500])),
        ("every function of doubles", Every<double>(), Two(ElementType.Double, [500])),
        ("every type", Fn.JitAll(x => [x[0].Convert<int>() + 1, x[0].Convert<Half>() + 1, x[0].Convert<long>() * 3, x[0].Convert<float>() - 1, (x[0] < x[1]) & !(x[0] <= x[1]), -x[1].Convert<long>()]), Two(ElementType.Double, [100])),
        ("every function of complex numbers", Fn.JitAll(x =>
        {
            TensorExpr[] values = [x[0].Pow(x[1]), x[0].Exp(), x[0].Log(), x[0].Sqrt(), x[0].Sin(), x[0].Cos(), x[0].Tanh(), x[0] / x[1], -x[0], Fn.Where(x[0].EqualTo(x[1]), x[0], x[1] - 1)];
            return [values.Aggregate((left, right) => left * 0.5 + right), x[0].Abs(), x[0].NotEqualTo(x[1]), x[1].Convert<int>()];
        }), Two(ElementType.Complex, [300])),
        ("rows of complex numbers", Fn.JitAll(x => [x[0].Sum(1), x[0].Reshape([-1]).CumSum(0)]), [new(ElementType.Complex, [3, 700])]),
        (Extremes, Fn.JitAll(x => [Fn.Min(x[0], 2).Abs(), Fn.Max(x[0], x[1])]), Two(ElementType.Int, [100])),
    ];

    internal static IEnumerable<string> Names => s_all.Select(each => each.Name);

    internal static IEnumerable<(string Name, TensorFunction Function, TensorType[] Operands)> All => s_all;

    static TensorType[] Two(ElementType element, Shape shape) => [new(element, shape), new(element, shape)];

    static TensorFunction Every<T>() where T : unmanaged => Fn.Jit((x, y) =>
    {
        TensorExpr[] values = [x.Pow(y), x.Exp(), x.Log(), x.Log1p(), x.Expm1(), x.Sqrt(), x.Sin(), x.Cos(), x.Tanh(), x.Erf(), x % y, x / y, Fn.Min(x, y), Fn.Max(x, y), x.Abs(), -x];
        return values.Aggregate((left, right) => left * 0.5 + right);
    });

    /// <summary>The kernels of the function as they are loaded on a device like this.</summary>
    internal static ImmutableArray<FunctionKernel> Of(string name, DeviceLimits limits, KernelDialect dialect)
    {
        var (_, function, operands) = s_all.Single(each => each.Name == name);
        return Of(function, operands, limits, dialect);
    }

    internal static ImmutableArray<FunctionKernel> Of(TensorFunction function, TensorType[] operands, DeviceLimits limits, KernelDialect dialect)
    {
        var program = function.On(new EinsumEngine(new EinsumOptions { Backend = new InterpretedBackend(limits, dialect) })).Compile([.. operands]);
        return [.. program.Steps.Cast<DeviceNestStep>().SelectMany(step => FunctionEmitter.Emit(step.Kernel, new EmitTarget(limits, dialect, EmitOptions.Default)))];
    }
}
