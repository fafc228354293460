using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>A fused loop nest, emitted for it alone.</summary>
sealed unsafe class NestStep : Step
{
    readonly KernelBody _body;
    readonly Kernel _kernel;
    readonly VectorChoice _vector;

    NestStep(Kernel kernel, ImmutableArray<int> reads, ImmutableArray<int> writes) : base(reads, writes)
    {
        _kernel = MergeKernelLoops.Run(kernel);
        _vector = VectorChoice.Of(_kernel);
        _body = KernelEmitter.Emit(_kernel, _vector);
    }

    internal static NestStep Of(Kernel kernel) => new(
        kernel, [.. Kernel.Reach(kernel.Roots).OfType<LoadExpr>().Select(load => load.Buffer).Distinct().Order()],
        [.. kernel.Stores.Select(store => store.Buffer).Distinct().Order()]);

    internal Kernel Kernel => _kernel;

    internal VectorChoice Vector => _vector;

    internal override string Text
    {
        get
        {
            var functions = Kernel.Reach(_kernel.Roots).OfType<ApplyExpr>().Select(apply => apply.Function).Concat(_kernel.States.Select(state => state.Combine).OfType<ElementFunction>());
            var names = string.Join(' ', functions.Distinct().Order().Select(function => function.Text()));
            var kind = _kernel.IsReduction ? "reduction" : _kernel.Inner.IsEmpty ? "loop" : "scan";
            var loops = $"{string.Join(" x ", _kernel.Free)}{(_kernel.Inner.IsEmpty ? "" : $" ({string.Join(" x ", _kernel.Inner)})")}".Trim();
            return $"{kind}{(loops.Length > 0 ? $" {loops}" : "")} of {(names.Length > 0 ? names : "copies")}, {(_vector.Lanes > 1 ? $"vectors of {_vector.Lanes}" : "scalar")}";
        }
    }

    internal override void Run(nint* addresses) => _body(addresses);
}
