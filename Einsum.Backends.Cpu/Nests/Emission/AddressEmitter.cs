using System.Reflection.Emit;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// One pointer per operand, and one for the result, moved by constants only. How far each is from where the enclosing loop put it (its drift)
/// is known while emitting, so that a move to the next iteration and the way back from inner loops are one addition.
/// </summary>
sealed class AddressEmitter
{
    readonly ILGenerator _il;
    readonly LocalBuilder[] _addresses;
    nint[] _drift;

    /// <summary>Loads the pointers from argument 0, an array of addresses.</summary>
    internal AddressEmitter(ILGenerator il, int count)
    {
        (_il, _addresses, _drift) = (il, new LocalBuilder[count], new nint[count]);
        for (var i = 0; i < count; i++)
        {
            _addresses[i] = il.DeclareLocal(typeof(nint));
            il.Emit(OpCodes.Ldarg_0);
            Offset(i * IntPtr.Size);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, _addresses[i]);
        }
    }

    /// <summary><c>-> address</c>, so many bytes further.</summary>
    internal void Push(int operand, nint offset)
    {
        _il.Emit(OpCodes.Ldloc, _addresses[operand]);
        Offset(offset);
    }

    /// <summary>Moves to where <paramref name="strides"/> times <paramref name="iterations"/> lead from the enclosing loop's place.</summary>
    internal void MoveTo(nint[] strides, long iterations)
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            var target = strides[i] * (nint)iterations;
            if (target != _drift[i])
            {
                Push(i, target - _drift[i]);
                _il.Emit(OpCodes.Stloc, _addresses[i]);
            }
            _drift[i] = target;
        }
    }

    /// <summary>Moves by <paramref name="strides"/> times the long.</summary>
    internal void MoveBy(nint[] strides, LocalBuilder iterations)
    {
        for (var i = 0; i < _addresses.Length; i++)
        {
            if (strides[i] == 0) continue;
            _il.Emit(OpCodes.Ldloc, _addresses[i]);
            _il.Emit(OpCodes.Ldloc, iterations);
            _il.Emit(OpCodes.Ldc_I8, (long)strides[i]);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _addresses[i]);
        }
    }

    /// <summary>One iteration of a loop whose iterations start without drift: its body, then the move to the next.</summary>
    internal void Iteration(nint[] strides, long step, Action body)
    {
        var outside = _drift;
        _drift = new nint[outside.Length];
        body();
        MoveTo(strides, step);
        _drift = outside;
    }

    /// <summary>After a loop: the pointers have gone this far.</summary>
    internal void Moved(nint[] strides, long iterations)
    {
        for (var i = 0; i < _drift.Length; i++) _drift[i] += strides[i] * (nint)iterations;
    }

    void Offset(nint bytes)
    {
        if (bytes == 0) return;
        _il.Emit(OpCodes.Ldc_I8, (long)bytes);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }
}
