using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Emits vectorised reductions: into several vectors at once, so that one addition need not wait for the other, which are folded at the end.
/// </summary>
sealed class SumEmitter(NestFrame frame, ExpressionEmitter expressions)
{
    /// <summary>Vectors that a reduction sums into; beside a costly function no addition is waited for.</summary>
    internal static int ChainsOf(Kernel kernel) => kernel.HasCostly ? 1 : 4;

    readonly ILGenerator _il = frame.Il;
    LocalBuilder[][] _chains = [];

    internal int Chains { get; } = ChainsOf(frame.Kernel);

    /// <summary>The chain that the next iteration adds to.</summary>
    internal int Chain { get; set; }

    internal LocalBuilder this[int state] => _chains[state][Chain];

    internal void Start()
    {
        var kernel = frame.Kernel;
        _chains = [.. kernel.States.Select(state => Enumerable.Range(0, Chains).Select(_ => _il.DeclareLocal(frame.Lanes.TypeOf(state.Element, true))).ToArray())];
        foreach (var (state, chains) in kernel.States.Zip(_chains))
        {
            foreach (var chain in chains)
            {
                expressions.Push(state.Initial);
                frame.Lanes.Spread(state.Element);
                _il.Emit(OpCodes.Stloc, chain);
            }
        }
    }

    internal void Finish()
    {
        foreach (var (i, state) in frame.Kernel.States.Index())
        {
            var combine = state.Combine!.Value;
            _il.Emit(OpCodes.Ldloc, _chains[i][0]);
            foreach (var chain in _chains[i][1..])
            {
                _il.Emit(OpCodes.Ldloc, chain);
                frame.Lanes.Apply(combine, state.Element, isVector: true);
            }
            frame.Lanes.Fold(combine, state.Element);
            _il.Emit(OpCodes.Ldloc, frame.States[i]);
            frame.Lanes.Apply(combine, state.Element, isVector: false);
            _il.Emit(OpCodes.Stloc, frame.States[i]);
        }
    }
}
