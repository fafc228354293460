namespace EinsumNet.Backends.Cpu;

/// <summary><c>abi->bai</c>: rows move as they are.</summary>
sealed unsafe class CopyRows(KernelPlan plan, Loop row) : RowKernel(plan, row)
{
    readonly int _size = plan.Element.Size();

    protected override void Row(void* source, void* destination, int count) =>
        System.Buffer.MemoryCopy(source, destination, (long)count * _size, (long)count * _size);
}
