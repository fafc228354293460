using System.Collections.Immutable;
using EinsumNet.Functions;

namespace EinsumNet.Tests.Functions;

using Program = EinsumNet.Functions.Program;

/// <summary>Evaluations for tests, and the comparison of what two gave.</summary>
static class Run
{
    /// <summary>By the interpreter, straight from the trace.</summary>
    internal static ImmutableArray<Dense> Interpreted(TensorFunction function, params Dense[] arguments) =>
        Interpreter.Run(function.Trace([.. arguments.Select(argument => argument.Type)]), [.. arguments]);

    /// <summary>By the compiled program.</summary>
    internal static ImmutableArray<Dense> Compiled(TensorFunction function, params Dense[] arguments) =>
        By(function.Compile([.. arguments.Select(argument => argument.Type)]), arguments);

    /// <summary>By the program whose blocks are no larger than they must be, so that small tensors go through blocks as large ones do.</summary>
    internal static ImmutableArray<Dense> InBlocks(TensorFunction function, params Dense[] arguments) =>
        By(Program.Compile(function.Trace([.. arguments.Select(argument => argument.Type)]), new BlockLimits(1024, 2)), arguments);

    internal static unsafe ImmutableArray<Dense> By(Program program, params Dense[] arguments)
    {
        var results = program.Graph.Results.Select(result => new Dense(result.Element, result.Shape, Array.CreateInstance(result.Element.ToType(), result.Type.Count))).ToImmutableArray();
        var handles = arguments.Concat(results).Select(value => System.Runtime.InteropServices.GCHandle.Alloc(value.Data, System.Runtime.InteropServices.GCHandleType.Pinned)).ToList();
        var addresses = new nint[program.BufferCount];
        for (var i = 0; i < handles.Count; i++) addresses[i] = handles[i].AddrOfPinnedObject();
        if (program.Device is { } device) DeviceCall.Run(program, device, addresses);
        else
        {
            var block = program.Workspace.Rent();
            fixed (nint* pinned = addresses) program.RunOn(pinned, (byte*)block);
            program.Workspace.Return(block);
        }
        foreach (var handle in handles) handle.Free();
        return results;
    }

    /// <summary>Whether the compiled program agrees with the interpreter, in doubles and in floats, and gives the same bits for any number of threads.</summary>
    internal static void AgreesForAnyThreads(TensorFunction function, Dense[] doubles, string? about = null)
    {
        Dense[] floats = [.. doubles.Select(value => Dense.Of(value.Shape, Array.ConvertAll(value.As<double>(), number => (float)number)))];
        foreach (var operands in (Dense[][])[doubles, floats])
        {
            var expected = Interpreted(function, operands)[0];
            double[]? bits = null;
            foreach (var threads in (int[])[1, 2, 5])
            {
                var result = Compiled(function.On(new EinsumEngine(new EinsumOptions { MaxThreads = threads })), operands)[0];
                AreClose(result, expected, about, tolerance: operands == floats ? 1e-3 : 1e-10);
                var again = result.Doubles();
                Assert.That(again.AsSpan().SequenceEqual(bits ?? again), $"{about}, {threads} threads");
                bits = again;
            }
        }
    }

    internal static Dense Numbers(Random random, Shape shape) => Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => random.NextDouble() * 2 - 0.5).ToArray());

    internal static Dense Count(params long[] sizes)
    {
        Shape shape = [.. sizes];
        return Dense.Of(shape, Enumerable.Range(0, (int)shape.ElementCount!).Select(i => (double)i).ToArray());
    }

    /// <summary>The part of a value at a position of an axis, without the axis.</summary>
    internal static Dense Part(Dense value, int axis, int at)
    {
        var slice = new SliceOp(axis, at, at + 1, 1).Evaluate([value])[0];
        return new Dense(slice.Element, [.. slice.Shape.Where((_, i) => i != axis)], slice.Data);
    }

    /// <summary>The shape with one more axis.</summary>
    internal static Shape Insert(Shape shape, int axis, long size) => [.. shape.Take(axis), size, .. shape.Skip(axis)];

    /// <summary>The elements; of complex ones the real part, then the imaginary one.</summary>
    internal static double[] Doubles(this Dense value) => value.Data as double[] ?? (value.Data is float[] floats ? Array.ConvertAll(floats, number => (double)number) : [.. Numbers(value)]);

    static IEnumerable<double> Numbers(Dense value) => value.Data.Cast<object>().SelectMany(element => element is System.Numerics.Complex complex ? [complex.Real, complex.Imaginary] : (double[])[Number(element)]);

    static double Number(object element) => element switch
    {
        Half half => (double)half,
        nint number => number,
        _ => Convert.ToDouble(element),
    };

    internal static void AreClose(Dense actual, Dense expected, string? about = null, double? tolerance = null)
    {
        Assert.That(actual.Type, Is.EqualTo(expected.Type), about);
        tolerance ??= actual.Element == ElementType.Float ? 2e-5 : 1e-12;
        double[] numbers = actual.Doubles(), others = expected.Doubles();
        for (var i = 0; i < numbers.Length; i++)
        {
            var (a, e) = (numbers[i], others[i]);
            if (!(a.Equals(e) || Math.Abs(a - e) <= tolerance * (1 + Math.Abs(e)))) Assert.That(a, Is.EqualTo(e), about);
        }
    }
}
