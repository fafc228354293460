namespace EinsumNet.Functions;

/// <summary>A constant tensor written to its buffer.</summary>
sealed unsafe class ConstantStep(Dense value, int target) : Step([], [target])
{
    internal override string Text => "constant";

    internal override void Run(nint* addresses) => InterpretedStep.Write(value, (void*)addresses[target]);
}
