using System.Reflection.Emit;

namespace EinsumNet.Backends.Cpu;

/// <summary>One element. Integers narrower than 32 bits wrap when they are stored.</summary>
sealed class ScalarLane(Type element) : Lane(element, 1)
{
    internal override Type Type => Element;

    internal override void Zero(ILGenerator il)
    {
        if (Element == typeof(float)) il.Emit(OpCodes.Ldc_R4, 0f);
        else if (Element == typeof(double)) il.Emit(OpCodes.Ldc_R8, 0d);
        else if (Element == typeof(long) || Element == typeof(ulong)) il.Emit(OpCodes.Ldc_I8, 0L);
        else il.Emit(OpCodes.Ldc_I4_0);
        if (Element == typeof(nint)) il.Emit(OpCodes.Conv_I);
    }

    internal override void Broadcast(ILGenerator il, Type memory) => Load(il, memory);

    internal override void Multiply(ILGenerator il) => il.Emit(OpCodes.Mul);

    internal override void Add(ILGenerator il) => il.Emit(OpCodes.Add);

    internal override void MultiplyAdd(ILGenerator il, LocalBuilder addend)
    {
        var fused = Element == typeof(float) || Element == typeof(double);
        if (!fused) Multiply(il);
        il.Emit(OpCodes.Ldloc, addend);
        if (fused) il.Emit(OpCodes.Call, Element.GetMethod(nameof(float.MultiplyAddEstimate), [Element, Element, Element])!);
        else Add(il);
    }

    internal override void Sum(ILGenerator il) { }

    internal override void Mask(ILGenerator il, int elements) => throw new NotSupportedException("One element is never a part of what is left.");

    internal override void Select(ILGenerator il) => throw new NotSupportedException("One element is never a part of what is left.");
}
