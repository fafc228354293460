using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits a loop over kernels: scalars of the carry are locals, carries in memory and slices are pointers that each iteration moves.</summary>
sealed class SequenceEmitter
{
    readonly ILGenerator _il;
    readonly KernelSequence _sequence;
    readonly BufferTable _buffers;
    readonly HashSet<int> _registers;

    SequenceEmitter(ILGenerator il, KernelSequence sequence) => (_il, _sequence, _buffers, _registers) = (il, sequence, new BufferTable(il), [.. sequence.Registers]);

    internal static KernelBody Emit(KernelSequence sequence) => KernelMethod.Make("sequence", il => new SequenceEmitter(il, sequence).Run());

    void Run()
    {
        foreach (var buffer in _registers) _buffers.SetElement(buffer, _il.DeclareLocal(_sequence.Types[buffer].Element.ToType()));
        foreach (var buffer in Enumerable.Range(0, _sequence.Types.Length).Except(_registers)) Hold(buffer);
        for (var carry = 0; carry < _sequence.Carries; carry++)
        {
            if (_buffers.Element(carry) is not { } element) continue;
            _buffers.PushGiven(carry);
            _il.Emit(OpCodes.Ldobj, element.LocalType);
            _il.Emit(OpCodes.Stloc, element);
        }
        Loop();
        for (var carry = 0; carry < _sequence.Carries; carry++)
        {
            if (_buffers.Element(carry) is not { } element) continue;
            _buffers.PushGiven(_sequence.Operands + carry);
            _il.Emit(OpCodes.Ldloc, element);
            _il.Emit(OpCodes.Stobj, element.LocalType);
        }
    }

    /// <summary>A pointer to the buffer; of a slice, to the first that is read or written.</summary>
    void Hold(int buffer)
    {
        var pointer = _il.DeclareLocal(typeof(nint));
        _buffers.PushGiven(buffer);
        if (_sequence.Reverse && _sequence.Slices.Contains(buffer)) Add((_sequence.Length - 1) * _sequence.Bytes(buffer));
        _il.Emit(OpCodes.Stloc, pointer);
        _buffers.SetPointer(buffer, pointer);
    }

    void Loop()
    {
        if (_sequence.Length == 0) return;
        var (counter, top) = (_il.DeclareLocal(typeof(long)), _il.DefineLabel());
        _il.Emit(OpCodes.Ldc_I8, _sequence.Length);
        _il.Emit(OpCodes.Stloc, counter);
        _il.MarkLabel(top);
        foreach (var kernel in _sequence.Kernels) NestEmitter.Emit(_il, kernel, VectorChoice.Of(kernel), _buffers);
        for (var carry = 0; carry < _sequence.Carries; carry++) TakeTurns(carry);
        foreach (var slice in _sequence.Slices) Move(slice);
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, counter);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Bgt, top);
    }

    void TakeTurns(int carry)
    {
        var result = _sequence.Operands + carry;
        if (_buffers.Element(carry) is { } now)
        {
            _il.Emit(OpCodes.Ldloc, _buffers.Element(result)!);
            _il.Emit(OpCodes.Stloc, now);
            return;
        }
        var (current, other) = (_buffers.Pointer(carry), _buffers.Pointer(result));
        _il.Emit(OpCodes.Ldloc, current);
        _il.Emit(OpCodes.Ldloc, other);
        _il.Emit(OpCodes.Stloc, current);
        _il.Emit(OpCodes.Stloc, other);
    }

    void Move(int slice)
    {
        var pointer = _buffers.Pointer(slice);
        _il.Emit(OpCodes.Ldloc, pointer);
        Add(_sequence.Reverse ? -_sequence.Bytes(slice) : _sequence.Bytes(slice));
        _il.Emit(OpCodes.Stloc, pointer);
    }

    void Add(long bytes)
    {
        _il.Emit(OpCodes.Ldc_I8, bytes);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }
}
