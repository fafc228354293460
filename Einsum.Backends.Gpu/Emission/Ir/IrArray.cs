namespace EinsumNet.Backends.Gpu;

/// <summary>Where an array lies: in the device's memory, in the memory that a group shares, in a thread's registers.</summary>
enum IrSpace { Global, Local, Private }

/// <summary>An array of elements; of a global one the length is not known.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Element">What is stored.</param>
/// <param name="Space">Where.</param>
/// <param name="Length">How many elements.</param>
/// <param name="Written">Whether a global array is written to.</param>
/// <param name="IsScratch">Whether it is memory between launches, whose offset is given in bytes.</param>
/// <param name="Alignment">At a multiple of how many bytes a local array starts.</param>
sealed record IrArray(string Name, ElementType Element, IrSpace Space, int Length = 0, bool Written = false, bool IsScratch = false, int Alignment = IrKernel.Alignment)
{
    internal LoadExpr this[IrExpr place] => new(this, place);

    internal int Bytes => Length * Element.Size();
}
