using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>Calls by equation, element type and layouts; the hot path of every evaluation is one look-up here.</summary>
sealed class CallCache
{
    /// <summary>Calls that are found without the cache's own hash, one per slot, the latest of those that share it.</summary>
    const int RecentSlots = 64;

    sealed record Recent(CallKey Key, BoundedCache<CallKey, Call>.Entry Entry);

    readonly EinsumEngine _engine;
    readonly EinsumPlan? _plan;
    readonly BoundedCache<CallKey, Call> _calls;
    readonly Recent?[] _recent = new Recent?[RecentSlots];
    readonly ConcurrentDictionary<CallKey, BoundedCache<CallKey, Call>.Entry>.AlternateLookup<CallView> _lookup;

    /// <summary>Calls that follow one plan, or, where it is null, each its own.</summary>
    internal CallCache(EinsumEngine engine, int capacity, EinsumPlan? plan = null)
    {
        _engine = engine;
        _plan = plan;
        _calls = new BoundedCache<CallKey, Call>(capacity, CallKeyComparer.Instance);
        _lookup = _calls.By<CallView>();
    }

    internal CacheStatistics Statistics => _calls.Statistics;

    /// <summary>The call with a new dense result.</summary>
    [SkipLocalsInit]
    internal Call For<T>(string equation, ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        Unsafe.SkipInit(out LayoutBuffer buffer);
        return Find<T>(new CallView(equation, typeof(T), buffer.Write(operands)), operands.Length);
    }

    /// <summary>The call with the destination's layout.</summary>
    [SkipLocalsInit]
    internal Call For<T>(string equation, ReadOnlySpan<Operand<T>> operands, in TensorSpan<T> destination) where T : unmanaged
    {
        Unsafe.SkipInit(out LayoutBuffer buffer);
        return Find<T>(new CallView(equation, typeof(T), buffer.Write(operands, destination)), operands.Length);
    }

    /// <summary>The call with a destination in a device's memory.</summary>
    internal Call For<T>(string equation, ReadOnlySpan<Operand<T>> operands, ResidentTensor<T> destination) where T : unmanaged =>
        Find<T>(new CallView(equation, typeof(T), LayoutBuffer.Write(operands, destination)), operands.Length);

    Call Find<T>(CallView view, int operands) where T : unmanaged
    {
        ref var slot = ref _recent[CallKeyComparer.Mix(view) & (RecentSlots - 1)];
        if (slot is { } recent && CallKeyComparer.Instance.Equals(view, recent.Key)) return _calls.Hit(recent.Entry);
        if (!_lookup.TryGetValue(view, out var key, out var entry))
            return _calls.GetOrAdd(CallKeyComparer.Instance.Create(view), (Cache: this, operands), static (key, state) => state.Cache.Make(key, state.operands));
        slot = new Recent(key, entry);
        return _calls.Hit(entry);
    }

    Call Make(CallKey key, int operandCount)
    {
        var element = ElementTypes.Of(key.Element);
        var layouts = new LayoutReader(key.Layouts);
        var operands = Enumerable.Range(0, operandCount).Select(_ => layouts.Next()).ToArray();
        var shapes = operands.Select(operand => operand.Shape).ToArray();
        var plan = _plan ?? _engine.PlanFor(key.Text, element, shapes);
        if (_plan is not null) CheckShapes(_plan, shapes);

        return CallMaker.Make(_engine.Options, plan.Program, element, plan.Arithmetic, operands, layouts.HasNext ? layouts.Next() : null);
    }

    static void CheckShapes(EinsumPlan plan, Shape[] shapes)
    {
        if (shapes.Length != plan.Shapes.Length) throw BindErrors.OperandCount(plan.Equation, shapes);
        for (var i = 0; i < shapes.Length; i++)
            if (shapes[i] != plan.Shapes[i] && !(plan.Shapes[i].Rank == 0 && shapes[i] == [1])) throw RunErrors.CompiledShape(plan.Equation, i, plan.Shapes[i], shapes[i]);
    }
}
