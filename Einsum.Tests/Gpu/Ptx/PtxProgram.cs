namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>A function that can be run.</summary>
sealed class PtxProgram(PtxFunction function)
{
    internal PtxFunction Function => function;

    internal PtxInstruction[] Code { get; set; } = [];

    /// <summary>Registers, those of numbers and of places in the grid with their values.</summary>
    internal ulong[] NewRegisters(PtxBlock block, int thread)
    {
        ulong[] registers = [.. function.Slots];
        foreach (var (name, slot) in function.Specials) registers[slot] = block.Special(name, thread);
        return registers;
    }
}
