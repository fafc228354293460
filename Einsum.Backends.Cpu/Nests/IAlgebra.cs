namespace EinsumNet.Backends.Cpu;

/// <summary>
/// What elements are to a loop nest: how operands of type <typeparamref name="TOperand"/> become values that are multiplied and added, and a
/// sum becomes a result. Implementations are empty structs, so a nest generic over one is compiled with every call inlined.
/// </summary>
interface IAlgebra<TOperand, TValue, TResult>
{
    static abstract TValue Zero { get; }

    static abstract TValue Read(TOperand element, Elementwise map);

    static abstract TValue Multiply(TValue left, TValue right);

    static abstract TValue Add(TValue left, TValue right);

    static abstract TResult Write(TValue value, Elementwise map);
}
