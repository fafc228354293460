using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Where the emission of a nest stands: its counters and states, and whether it is in the vectorised part of a loop.</summary>
sealed class NestFrame
{
    internal NestFrame(ILGenerator il, Kernel kernel, VectorChoice vector, BufferTable buffers)
    {
        (Il, Kernel, Vector, Buffers) = (il, kernel, vector, buffers);
        Lanes = new LaneEmitter(il, new VectorTypes(vector.Lanes, vector.MaskBytes));
        Counters = [.. Enumerable.Range(0, kernel.Loops).Select(_ => il.DeclareLocal(typeof(long)))];
        // A vectorised reduction goes innermost.
        Order = [.. Enumerable.Range(0, kernel.Loops).OrderBy(loop => loop == vector.Loop && loop >= kernel.Free.Length)];
    }

    internal ILGenerator Il { get; }

    internal Kernel Kernel { get; }

    internal VectorChoice Vector { get; }

    internal BufferTable Buffers { get; }

    internal LaneEmitter Lanes { get; }

    internal LocalBuilder[] Counters { get; }

    /// <summary>The loops, outermost first.</summary>
    internal int[] Order { get; }

    internal int Innermost => Order[^1];

    internal LocalBuilder[] States { get; set; } = [];

    internal bool IsVector { get; set; }

    /// <summary>So many iterations of the innermost loop further on than its counter says.</summary>
    internal long Ahead { get; set; }

    internal bool SumsVectors => Vector.Loop >= Kernel.Free.Length;

    /// <summary><c>for (counter = from; counter &lt; to; counter += step) body</c></summary>
    internal void Loop(int loop, LoopBound from, LoopBound to, long step, Action body)
    {
        if (from.Known >= to.Known) return;
        var (counter, top, test) = (Counters[loop], Il.DefineLabel(), Il.DefineLabel());
        from.Push(Il);
        Il.Emit(OpCodes.Stloc, counter);
        if (from.Known is null || to.Known is null) Il.Emit(OpCodes.Br, test);
        Il.MarkLabel(top);
        body();
        Il.Emit(OpCodes.Ldloc, counter);
        Il.Emit(OpCodes.Ldc_I8, step);
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Stloc, counter);
        Il.MarkLabel(test);
        Il.Emit(OpCodes.Ldloc, counter);
        to.Push(Il);
        Il.Emit(OpCodes.Blt, top);
    }
}

/// <summary>Where a loop starts or ends: a constant, or a long that the code works out.</summary>
readonly record struct LoopBound(long? Known, LocalBuilder? Local)
{
    public static implicit operator LoopBound(long known) => new(known, null);

    public static implicit operator LoopBound(LocalBuilder local) => new(null, local);

    internal void Push(ILGenerator il)
    {
        if (Local is not null) il.Emit(OpCodes.Ldloc, Local);
        else il.Emit(OpCodes.Ldc_I8, Known!.Value);
    }
}
