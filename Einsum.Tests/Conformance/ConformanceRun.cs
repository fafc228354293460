using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EinsumNet.Tests.Conformance;

/// <summary>What every backend must do right, for one element type.</summary>
abstract class ConformanceRun
{
    internal abstract void Eval(EquationCase source, int seed);

    internal abstract void EvalInto(EquationCase source, int seed);

    internal abstract void EvalIntoOverlap(EquationCase source, int seed);

    internal abstract void Repeat(EquationCase source, int seed);

    internal static ConformanceRun For(ElementType element, EinsumEngine engine) => element switch
    {
        ElementType.Float => new ConformanceRun<float>(engine, new RealNumbers<float>(24, 24, float.Epsilon)),
        ElementType.Double => new ConformanceRun<double>(engine, new RealNumbers<double>(53, 53, double.Epsilon)),
        ElementType.Half => new ConformanceRun<Half>(engine, new RealNumbers<Half>(11, 24, (double)Half.Epsilon)),
        ElementType.SByte => new ConformanceRun<sbyte>(engine, new IntegerNumbers<sbyte>()),
        ElementType.Byte => new ConformanceRun<byte>(engine, new IntegerNumbers<byte>()),
        ElementType.Short => new ConformanceRun<short>(engine, new IntegerNumbers<short>()),
        ElementType.UShort => new ConformanceRun<ushort>(engine, new IntegerNumbers<ushort>()),
        ElementType.Int => new ConformanceRun<int>(engine, new IntegerNumbers<int>()),
        ElementType.UInt => new ConformanceRun<uint>(engine, new IntegerNumbers<uint>()),
        ElementType.Long => new ConformanceRun<long>(engine, new IntegerNumbers<long>()),
        ElementType.ULong => new ConformanceRun<ulong>(engine, new IntegerNumbers<ulong>()),
        ElementType.NInt => new ConformanceRun<nint>(engine, new IntegerNumbers<nint>()),
        ElementType.Complex => new ConformanceRun<System.Numerics.Complex>(engine, new ComplexNumbers()),
        ElementType.Bool => new ConformanceRun<bool>(engine, new BoolNumbers()),
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };
}

sealed class ConformanceRun<T>(EinsumEngine engine, Numbers<T> numbers) : ConformanceRun where T : unmanaged
{
    internal override void Eval(EquationCase source, int seed)
    {
        var random = new Random(seed);
        var arrays = Operands(source, random);
        Check(source, arrays, Dense(source, engine.Eval(source.Text, [.. arrays.Select(array => array.ToOperand(random.Next(2) == 0))])));
    }

    internal override void EvalInto(EquationCase source, int seed)
    {
        var random = new Random(seed);
        var arrays = Operands(source, random);
        var destination = StridedArray<T>.RandomDestination(source.ResultShape, random);
        engine.EvalInto(source.Text, destination.ToSpan(), [.. arrays.Select(array => array.ToOperand(random.Next(2) == 0))]);
        Check(source, arrays, destination.RowMajor().Elements);
        Assert.That(destination.IsUntouchedAround(), $"{source}, strides {string.Join(' ', destination.Strides)}: something around the destination was written to.");
    }

    /// <summary>The destination lies across one of the operands.</summary>
    internal override void EvalIntoOverlap(EquationCase source, int seed)
    {
        var random = new Random(seed);
        var arrays = Operands(source, random);
        var (victim, destination) = (random.Next(arrays.Count), StridedArray<T>.RandomDestination(source.ResultShape, random));
        var (operandLength, resultLength) = (arrays[victim].Buffer.Length, destination.Buffer.Length);
        var shared = new T[operandLength + resultLength];
        for (var i = 0; i < shared.Length; i++) shared[i] = numbers.Next(random);
        arrays[victim] = arrays[victim] with { Buffer = shared, Offset = random.Next(resultLength + 1) };
        destination = destination with { Buffer = shared, Offset = random.Next(operandLength + 1) };
        var before = arrays.Select(array => array.RowMajor()).ToList();

        engine.EvalInto(source.Text, destination.ToSpan(), [.. arrays.Select(array => array.ToOperand(asTensor: false))]);

        var error = numbers.FindError(source, before, destination.RowMajor().Elements);
        Assert.That(error, Is.Null, $"{source}, over operand {victim}: {error}.");
    }

    internal override void Repeat(EquationCase source, int seed)
    {
        var operands = Operands(source, new Random(seed)).Select(array => array.ToOperand(asTensor: false)).ToArray();
        var first = Dense(source, engine.Eval<T>(source.Text, operands));
        for (var i = 0; i < 5; i++)
        {
            var again = Dense(source, engine.Eval<T>(source.Text, operands));
            Assert.That(MemoryMarshal.AsBytes(again.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(first.AsSpan())), $"{source}: not the same bits again.");
        }
    }

    List<StridedArray<T>> Operands(EquationCase source, Random random) =>
        [.. source.Shapes.Select(shape => StridedArray<T>.RandomOperand(shape, () => numbers.Next(random), random))];

    void Check(EquationCase source, List<StridedArray<T>> arrays, T[] actual)
    {
        var error = numbers.FindError(source, [.. arrays.Select(array => array.RowMajor())], actual);
        Assert.That(error, Is.Null, $"{source}, strides {string.Join(", ", arrays.Select(array => string.Join(' ', array.Strides)))}: {error}.");
    }

    /// <summary>The elements of a result, whose shape is the reference's, and which is dense.</summary>
    static T[] Dense(EquationCase source, Tensor<T> result)
    {
        var shape = source.ResultShape;
        Assert.That(Array.ConvertAll(result.Lengths.ToArray(), size => (long)size), Is.EqualTo(shape.Length == 0 ? [1] : shape), source.ToString());
        Assert.That(result.IsDense, source.ToString());
        var elements = new T[result.FlattenedLength];
        result.FlattenTo(elements);
        return elements;
    }
}
