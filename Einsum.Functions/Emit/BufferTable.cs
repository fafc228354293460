using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Where emitted code finds buffers: in the table of addresses that it is given, at a pointer that a loop moves, or, one element alone, in a
/// local, which the JIT keeps in a register.
/// </summary>
sealed class BufferTable(ILGenerator il, int first = 0)
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

    /// <summary><c>-> address</c> that stands in the table.</summary>
    internal void PushGiven(int buffer)
    {
        PushSlot(buffer);
        il.Emit(OpCodes.Ldind_I);
    }

    /// <summary><c>-> place in the table</c></summary>
    internal void PushSlot(int buffer)
    {
        PushTable();
        il.Emit(OpCodes.Ldc_I4, buffer * IntPtr.Size);
        il.Emit(OpCodes.Add);
    }

    /// <summary><c>-> table</c> from the first of these buffers on.</summary>
    internal void PushTable()
    {
        il.Emit(OpCodes.Ldarg_1);
        if (first == 0) return;
        il.Emit(OpCodes.Ldc_I4, first * IntPtr.Size);
        il.Emit(OpCodes.Add);
    }
}
