using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Each element in another element type: integers wrap, a fraction beyond the range of an integer type is the nearest that it has; to bool, whether it is not zero.</summary>
sealed record ConvertOp(ElementType To) : Op
{
    internal override string Text => $"convert[{To.Name()}]";

    internal override ImmutableArray<TensorType> Infer(ImmutableArray<TensorExpr> inputs) => [inputs[0].Type with { Element = To }];

    internal override ImmutableArray<Batched> Batch(ImmutableArray<Batched> inputs, long size) => Batched.One(inputs[0].Value.Apply(this));

    internal override ImmutableArray<Dense> Evaluate(ImmutableArray<Dense> inputs) => [Elements.Visit(inputs[0].Element, new From(inputs[0], To))];

    readonly struct From(Dense source, ElementType to) : IElementVisitor<Dense>
    {
        public Dense Visit<T>() where T : unmanaged => Elements.Visit(to, new Into<T>(source));
    }

    readonly struct Into<TFrom>(Dense source) : IElementVisitor<Dense> where TFrom : unmanaged
    {
        public Dense Visit<T>() where T : unmanaged
        {
            if (typeof(T) == typeof(TFrom)) return source;
            var convert = Scalars.Conversion(source.Element, ElementTypes.Of(typeof(T))).CreateDelegate<Func<TFrom, T>>();
            return Dense.Of(source.Shape, Array.ConvertAll(source.As<TFrom>(), value => convert(value)));
        }
    }
}
