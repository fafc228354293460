using System.Reflection;
using System.Reflection.Emit;

namespace EinsumNet.Backends.Cpu;

/// <summary>What is loaded, multiplied, added and stored at once by emitted code: a vector, or one element. Halves are floats between memory and memory.</summary>
abstract class Lane(Type element, int count)
{
    internal Type Element => element;

    /// <summary>How many elements.</summary>
    internal int Count => count;

    /// <summary>The type of the values.</summary>
    internal abstract Type Type { get; }

    /// <summary><c>-> value</c></summary>
    internal abstract void Zero(ILGenerator il);

    /// <summary><c>address -> value</c>: the elements of type <paramref name="memory"/> that lie there.</summary>
    internal void Load(ILGenerator il, Type memory)
    {
        if (memory != element)
        {
            il.Emit(OpCodes.Call, OfHalves(nameof(Halves.Load)));
            return;
        }
        if (count > 1) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, Type);
    }

    /// <summary><c>address -> value</c>: the one element of type <paramref name="memory"/> that lies there, in every place.</summary>
    internal abstract void Broadcast(ILGenerator il, Type memory);

    /// <summary><c>address value -></c>: as elements of type <paramref name="memory"/>.</summary>
    internal void Store(ILGenerator il, Type memory)
    {
        if (memory != element)
        {
            il.Emit(OpCodes.Call, OfHalves(nameof(Halves.Store)));
            return;
        }
        if (count > 1) il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, Type);
    }

    /// <summary>The method of <see cref="Halves"/> for values of this type.</summary>
    MethodInfo OfHalves(string name) => typeof(Halves).GetMethod(count == 1 ? name : $"{name}{count * sizeof(float) * 8}", BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary><c>value value -> value</c></summary>
    internal abstract void Multiply(ILGenerator il);

    /// <summary><c>value value -> value</c></summary>
    internal abstract void Add(ILGenerator il);

    /// <summary><c>left right -> left * right + addend</c></summary>
    internal abstract void MultiplyAdd(ILGenerator il, LocalBuilder addend);

    /// <summary><c>value -> element</c>: the sum of its elements.</summary>
    internal abstract void Sum(ILGenerator il);

    /// <summary><c>-> mask</c>: all bits of the last elements, so many, and none of the others.</summary>
    internal abstract void Mask(ILGenerator il, int elements);

    /// <summary><c>mask set clear -> value</c></summary>
    internal abstract void Select(ILGenerator il);
}
