namespace EinsumNet.Functions;

/// <summary>A buffer copied to another, for a result that is an operand or another result.</summary>
sealed unsafe class CopyStep(int source, int target, long bytes) : Step([source], [target])
{
    internal override string Text => "copy";

    internal override void Run(nint* addresses) => Buffer.MemoryCopy((void*)addresses[source], (void*)addresses[target], bytes, bytes);
}
