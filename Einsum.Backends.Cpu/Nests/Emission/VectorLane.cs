using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>A vector of 128, 256 or 512 bits; the JIT compiles each call to an instruction.</summary>
sealed class VectorLane : Lane
{
    readonly Type _operations;

    internal VectorLane(Type element, int count, int bits) : base(element, count)
    {
        (_operations, var type) = bits switch
        {
            128 => (typeof(Vector128), typeof(Vector128<>)),
            256 => (typeof(Vector256), typeof(Vector256<>)),
            512 => (typeof(Vector512), typeof(Vector512<>)),
            _ => throw new ArgumentOutOfRangeException(nameof(bits)),
        };
        Type = type.MakeGenericType(element);
    }

    internal override Type Type { get; }

    internal override void Zero(ILGenerator il) => il.Emit(OpCodes.Call, Type.GetProperty(nameof(Vector128<>.Zero))!.GetMethod!);

    internal override void Broadcast(ILGenerator il, Type memory)
    {
        new ScalarLane(Element).Load(il, memory);
        il.Emit(OpCodes.Call, Generic(nameof(Vector128.Create), method => method.GetParameters() is [{ ParameterType.IsGenericMethodParameter: true }]));
    }

    internal override void Multiply(ILGenerator il) => il.Emit(OpCodes.Call, Type.GetMethod("op_Multiply", [Type, Type])!);

    internal override void Add(ILGenerator il) => il.Emit(OpCodes.Call, Type.GetMethod("op_Addition", [Type, Type])!);

    internal override void MultiplyAdd(ILGenerator il, LocalBuilder addend)
    {
        var fused = _operations.GetMethod(nameof(Vector128.MultiplyAddEstimate), [Type, Type, Type]);
        if (fused is null) Multiply(il);
        il.Emit(OpCodes.Ldloc, addend);
        if (fused is null) Add(il);
        else il.Emit(OpCodes.Call, fused);
    }

    internal override void Sum(ILGenerator il) => il.Emit(OpCodes.Call, Generic(nameof(Vector128.Sum), _ => true));

    internal override void Mask(ILGenerator il, int elements)
    {
        var simd = _operations == typeof(Vector128) ? typeof(Simd128<>) : _operations == typeof(Vector256) ? typeof(Simd256<>) : typeof(Simd512<>);
        il.Emit(OpCodes.Ldc_I4, elements);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Call, typeof(TailMask).GetMethod(nameof(TailMask.Last), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(Element, Type, simd.MakeGenericType(Element)));
    }

    internal override void Select(ILGenerator il) => il.Emit(OpCodes.Call, Generic(nameof(Vector128.ConditionalSelect), _ => true));

    MethodInfo Generic(string name, Func<MethodInfo, bool> which) =>
        _operations.GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition && which(method)).MakeGenericMethod(Element);
}
