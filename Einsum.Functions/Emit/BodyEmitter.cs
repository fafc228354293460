using System.Reflection;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits the parts of a loop's body or condition, whose buffers stand in the table of addresses from <paramref name="first"/> on.</summary>
/// <param name="il">Where to.</param>
/// <param name="body">What is emitted.</param>
/// <param name="first">Where its buffers begin in the table.</param>
/// <param name="firstCall">Where its parts begin among the steps that the method may call.</param>
sealed class BodyEmitter(ILGenerator il, LoopBody body, int first, int firstCall)
{
    static readonly MethodInfo s_run = typeof(Step).GetMethod(nameof(Step.Run), BindingFlags.Instance | BindingFlags.NonPublic)!;

    internal LoopBody Body => body;

    internal BufferTable Buffers { get; } = new(il, first);

    /// <summary>A pointer to a buffer, as it was given.</summary>
    internal void Hold(int buffer)
    {
        var pointer = il.DeclareLocal(typeof(nint));
        Buffers.PushGiven(buffer);
        il.Emit(OpCodes.Stloc, pointer);
        Buffers.SetPointer(buffer, pointer);
    }

    /// <summary>Pointers to these, and to intermediates but for scalars, which are locals.</summary>
    internal void HoldOthers(IEnumerable<int> operands)
    {
        foreach (var operand in operands)
        {
            if (operand >= body.Operands && body.IsScalar(operand)) Buffers.SetElement(operand, il.DeclareLocal(body.Types[operand].Element.ToType()));
            else Hold(operand);
        }
        foreach (var buffer in body.Intermediates)
        {
            if (body.IsScalar(buffer)) Buffers.SetElement(buffer, il.DeclareLocal(body.Types[buffer].Element.ToType()));
            else Hold(buffer);
        }
    }

    internal void Parts()
    {
        foreach (var (i, part) in body.Parts.Index())
        {
            if (part.Kernel is { } kernel) NestEmitter.Emit(il, kernel, VectorChoice.Of(kernel), Buffers);
            else Call(firstCall + i);
        }
    }

    void Call(int index)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        Buffers.PushTable();
        il.Emit(OpCodes.Callvirt, s_run);
    }

    /// <summary>Writes a pointer that has moved to the table, where a call looks.</summary>
    internal void Tell(int buffer)
    {
        if (!body.InMemory.Contains(buffer)) return;
        Buffers.PushSlot(buffer);
        il.Emit(OpCodes.Ldloc, Buffers.Pointer(buffer));
        il.Emit(OpCodes.Stind_I);
    }
}
