using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Where emitted code finds buffers: in the table of addresses that it is given, at a pointer that a loop moves, or, one element alone, in a
/// local, which the JIT keeps in a register.
/// </summary>
sealed class BufferTable(ILGenerator il)
{
    readonly Dictionary<int, LocalBuilder> _pointers = [], _elements = [];

    internal void SetPointer(int buffer, LocalBuilder pointer) => _pointers[buffer] = pointer;

    internal void SetElement(int buffer, LocalBuilder element) => _elements[buffer] = element;

    internal LocalBuilder Pointer(int buffer) => _pointers[buffer];

    internal LocalBuilder? Element(int buffer) => _elements.GetValueOrDefault(buffer);

    /// <summary><c>-> address</c> of the first element.</summary>
    internal void Push(int buffer)
    {
        if (_pointers.TryGetValue(buffer, out var pointer))
        {
            il.Emit(OpCodes.Ldloc, pointer);
            return;
        }
        PushGiven(buffer);
    }

    /// <summary><c>-> address</c> that the caller gave.</summary>
    internal void PushGiven(int buffer)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, buffer * IntPtr.Size);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I);
    }
}
