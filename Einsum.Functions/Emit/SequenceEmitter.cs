using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Emits a loop: scalars of the carry are locals, carries in memory and slices are pointers that each iteration moves, and what a call reads
/// or writes stands in the table of addresses as well.
/// </summary>
sealed class SequenceEmitter
{
    readonly ILGenerator _il;
    readonly KernelSequence _sequence;
    readonly SequenceLayout _layout;
    readonly BodyEmitter _body;
    readonly BodyEmitter? _condition;
    readonly LocalBuilder _counter;

    SequenceEmitter(ILGenerator il, KernelSequence sequence, SequenceLayout layout)
    {
        (_il, _sequence, _layout, _counter) = (il, sequence, layout, il.DeclareLocal(typeof(long)));
        _body = new BodyEmitter(il, sequence.Body, 0, 0);
        _condition = sequence.Condition is null ? null : new BodyEmitter(il, sequence.Condition, layout.Condition, sequence.Body.Parts.Length);
    }

    /// <summary>The loop, with the steps of the body's parts and then those of the condition's.</summary>
    internal static KernelBody Emit(KernelSequence sequence, SequenceLayout layout, Step[] steps) => KernelMethod.Make("sequence", il => new SequenceEmitter(il, sequence, layout).Run(), steps);

    void Run()
    {
        for (var carry = 0; carry < _sequence.Carries; carry++) HoldCarry(carry);
        foreach (var slice in _sequence.Slices)
        {
            _body.Hold(slice);
            if (_sequence.Reverse) Move(slice, (_sequence.Length - 1) * _sequence.Body.Bytes(slice));
        }
        foreach (var counter in _sequence.Counters.Keys)
            if (_sequence.Body.IsScalar(counter)) _body.Buffers.SetElement(counter, _il.DeclareLocal(typeof(long)));
        _body.HoldOthers(Enumerable.Range(_sequence.Carries, _sequence.Captures));
        _condition?.HoldOthers(Enumerable.Range(_sequence.Carries, _condition.Body.Operands - _sequence.Carries).Append(_condition.Body.Operands));
        if (_condition is null) Count();
        else While();
        for (var carry = 0; carry < _sequence.Carries; carry++) BringHome(carry);
    }

    void HoldCarry(int carry)
    {
        if (!_sequence.IsRegister(carry))
        {
            _body.Hold(carry);
            _body.Hold(_sequence.Operands + carry);
            _condition?.Buffers.SetPointer(carry, _body.Buffers.Pointer(carry));
            return;
        }
        var element = _il.DeclareLocal(_sequence.Body.Types[carry].Element.ToType());
        _body.Buffers.SetElement(carry, element);
        _body.Buffers.SetElement(_sequence.Operands + carry, _il.DeclareLocal(element.LocalType));
        _condition?.Buffers.SetElement(carry, element);
        _body.Buffers.PushGiven(carry);
        _il.Emit(OpCodes.Ldobj, element.LocalType);
        _il.Emit(OpCodes.Stloc, element);
    }

    void Count()
    {
        if (_sequence.Length == 0) return;
        var top = _il.DefineLabel();
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Stloc, _counter);
        _il.MarkLabel(top);
        Watch.Emit(_il);
        foreach (var (counter, start) in _sequence.Counters) SetCounter(counter, start);
        _body.Parts();
        for (var carry = 0; carry < _sequence.Carries; carry++) TakeTurns(carry);
        foreach (var slice in _sequence.Slices) Move(slice, _sequence.Reverse ? -_sequence.Body.Bytes(slice) : _sequence.Body.Bytes(slice));
        _il.Emit(OpCodes.Ldloc, _counter);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, _counter);
        _il.Emit(OpCodes.Ldc_I8, _sequence.Length);
        _il.Emit(OpCodes.Blt, top);
    }

    void While()
    {
        var (top, end, goes) = (_il.DefineLabel(), _il.DefineLabel(), _condition!.Body.Operands);
        _il.MarkLabel(top);
        Watch.Emit(_il);
        _condition.Parts();
        if (_condition.Buffers.Element(goes) is { } element) _il.Emit(OpCodes.Ldloc, element);
        else
        {
            _condition.Buffers.Push(goes);
            _il.Emit(OpCodes.Ldobj, typeof(bool));
        }
        _il.Emit(OpCodes.Brfalse, end);
        _body.Parts();
        for (var carry = 0; carry < _sequence.Carries; carry++) TakeTurns(carry);
        _il.Emit(OpCodes.Br, top);
        _il.MarkLabel(end);
    }

    /// <summary>The number of this iteration, from the start on, or back to it.</summary>
    void SetCounter(int counter, long start)
    {
        var element = _body.Buffers.Element(counter);
        if (element is null) _body.Buffers.PushGiven(counter);
        _il.Emit(OpCodes.Ldc_I8, _sequence.Reverse ? start + _sequence.Length - 1 : start);
        _il.Emit(OpCodes.Ldloc, _counter);
        _il.Emit(_sequence.Reverse ? OpCodes.Sub : OpCodes.Add);
        if (element is null) _il.Emit(OpCodes.Stobj, typeof(long));
        else _il.Emit(OpCodes.Stloc, element);
    }

    void TakeTurns(int carry)
    {
        var result = _sequence.Operands + carry;
        if (_body.Buffers.Element(carry) is { } now)
        {
            _il.Emit(OpCodes.Ldloc, _body.Buffers.Element(result)!);
            _il.Emit(OpCodes.Stloc, now);
            return;
        }
        var (current, other) = (_body.Buffers.Pointer(carry), _body.Buffers.Pointer(result));
        _il.Emit(OpCodes.Ldloc, current);
        _il.Emit(OpCodes.Ldloc, other);
        _il.Emit(OpCodes.Stloc, current);
        _il.Emit(OpCodes.Stloc, other);
        _body.Tell(carry);
        _body.Tell(result);
        if (_condition?.Body.InMemory.Contains(carry) == true) _condition.Tell(carry);
    }

    void Move(int slice, long bytes)
    {
        var pointer = _body.Buffers.Pointer(slice);
        _il.Emit(OpCodes.Ldloc, pointer);
        _il.Emit(OpCodes.Ldc_I8, bytes);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, pointer);
        _body.Tell(slice);
    }

    /// <summary>The last carry to where its result is.</summary>
    void BringHome(int carry)
    {
        _body.Buffers.PushGiven(_layout.Home + carry);
        if (_body.Buffers.Element(carry) is { } element)
        {
            _il.Emit(OpCodes.Ldloc, element);
            _il.Emit(OpCodes.Stobj, element.LocalType);
            return;
        }
        _il.Emit(OpCodes.Ldloc, _body.Buffers.Pointer(carry));
        _il.Emit(OpCodes.Ldc_I8, _sequence.Body.Bytes(carry));
        _il.Emit(OpCodes.Call, ((Action<nint, nint, long>)Copy).Method);
    }

    static unsafe void Copy(nint target, nint source, long bytes)
    {
        if (target != source) Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);
    }
}
