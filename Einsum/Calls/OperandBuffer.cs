using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>Room on the stack for the first operand and the rest of them side by side.</summary>
[InlineArray(Length)]
struct OperandBuffer<T> where T : unmanaged
{
    internal const int Length = 8;

    Operand<T> _first;
}
