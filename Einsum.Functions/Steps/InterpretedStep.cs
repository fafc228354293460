using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EinsumNet.Functions;

/// <summary>An operation by its primitive's own rule, on copies of its buffers: what has no kernel, and everything where no code can be emitted.</summary>
sealed unsafe class InterpretedStep(TensorExpr node, ImmutableArray<int> reads, ImmutableArray<int> writes) : Step(reads, writes)
{
    readonly EinsumEngine _engine = EngineScope.Current;

    internal TensorExpr Node => node;

    internal override string Text => $"interpreted {node.Op}";

    internal override void Run(nint* addresses)
    {
        using var scope = EngineScope.Enter(_engine);
        var inputs = ImmutableArray.CreateBuilder<Dense>();
        foreach (var (input, buffer) in node.Inputs.Zip(Reads)) inputs.Add(Read(input.Type, (void*)addresses[buffer]));
        var results = node.Op.Evaluate(inputs.ToImmutable());
        foreach (var (result, buffer) in results.Zip(Writes)) Write(result, (void*)addresses[buffer]);
    }

    static Dense Read(TensorType type, void* source)
    {
        var data = Array.CreateInstance(type.Element.ToType(), type.Count);
        new Span<byte>(source, checked((int)(type.Count * type.Element.Size()))).CopyTo(Bytes(data, type));
        return new Dense(type.Element, type.Shape, data);
    }

    internal static void Write(Dense value, void* target) => Bytes(value.Data, value.Type).CopyTo(new Span<byte>(target, value.Data.Length * value.Element.Size()));

    static Span<byte> Bytes(Array data, TensorType type) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(data), data.Length * type.Element.Size());
}
