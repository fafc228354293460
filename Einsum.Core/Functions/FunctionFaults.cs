namespace EinsumNet.Functions;

/// <summary>
/// What a device tells of divisions of integers that failed, because it cannot throw: the word that the first address of a run stands for, 0 where none did.
/// </summary>
static class FunctionFaults
{
    internal const int DivideByZero = 1;

    internal const int Overflow = 2;

    /// <summary>Throws what the same division throws on the host.</summary>
    internal static void Throw(int fault)
    {
        if (fault == DivideByZero) throw new DivideByZeroException();
        if (fault == Overflow) throw new OverflowException();
    }
}
