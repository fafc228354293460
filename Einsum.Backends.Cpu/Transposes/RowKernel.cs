namespace EinsumNet.Backends.Cpu;

/// <summary>One operand whose elements are neighbours where the result's are: rows, handled whole or in pieces.</summary>
abstract unsafe class RowKernel(KernelPlan plan, Loop row) : BlockKernel(plan, row, plan.Loops.Remove(row), Piece)
{
    const int Piece = 1 << 16;

    protected sealed override void Run(nint* addresses, long count) => Row((void*)addresses[0], (void*)addresses[1], (int)count);

    protected abstract void Row(void* source, void* destination, int count);
}
