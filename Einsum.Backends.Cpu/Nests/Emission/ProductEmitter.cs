using System.Reflection.Emit;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Emits the products of the operands at the pointers, from left to right, for a block of values that lie side by side along the vectorised
/// loop. An operand that does not move along it is fixed: it is loaded once for the whole block.
/// </summary>
/// <param name="il">Where to.</param>
/// <param name="addresses">The pointers.</param>
/// <param name="elements">What the operands and the result have in memory.</param>
/// <param name="strides">Of the vectorised loop, in bytes, of the operands and the result.</param>
sealed class ProductEmitter(ILGenerator il, AddressEmitter addresses, Type[] elements, nint[] strides)
{
    readonly Dictionary<(Lane, string, int), LocalBuilder> _locals = [];

    int Operands => strides.Length - 1;

    /// <summary>How many of the first operands are fixed; their product is, too.</summary>
    int FixedPrefix => strides.Take(Operands).TakeWhile(stride => stride == 0).Count();

    internal LocalBuilder[] Sums(Lane lane, int block) => [.. Enumerable.Range(0, block).Select(i => Local(lane, "sum", i))];

    internal void Clear(Lane lane, LocalBuilder[] sums)
    {
        foreach (var sum in sums)
        {
            lane.Zero(il);
            il.Emit(OpCodes.Stloc, sum);
        }
    }

    /// <summary>Loads the fixed operands.</summary>
    internal void Fix(Lane lane)
    {
        var prefix = FixedPrefix;
        for (var i = 0; i < Operands; i++)
        {
            if (strides[i] != 0) continue;
            if (i > 0 && i < prefix) il.Emit(OpCodes.Ldloc, Local(lane, "fixed", 0));
            addresses.Push(i, 0);
            lane.Broadcast(il, elements[i]);
            if (i > 0 && i < prefix) lane.Multiply(il);
            il.Emit(OpCodes.Stloc, Local(lane, "fixed", i < prefix ? 0 : i));
        }
    }

    /// <summary><c>sums[i] = product</c></summary>
    internal void Assign(Lane lane, LocalBuilder[] sums)
    {
        Fix(lane);
        for (var i = 0; i < sums.Length; i++)
        {
            Factors(lane, i, last => { if (last > 0) lane.Multiply(il); });
            il.Emit(OpCodes.Stloc, sums[i]);
        }
    }

    /// <summary><c>sums[i] += product</c>, of operands that are already fixed.</summary>
    internal void Accumulate(Lane lane, LocalBuilder[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            Added(lane, i, sums[i]);
            il.Emit(OpCodes.Stloc, sums[i]);
        }
    }

    /// <summary><c>sum += product</c> where the mask's bits are set: infinities elsewhere must not become NaN, so zeros as factors would not do.</summary>
    internal void Accumulate(Lane lane, LocalBuilder sum, LocalBuilder mask)
    {
        il.Emit(OpCodes.Ldloc, mask);
        Added(lane, 0, sum);
        il.Emit(OpCodes.Ldloc, sum);
        lane.Select(il);
        il.Emit(OpCodes.Stloc, sum);
    }

    /// <summary>A mask of a vector's last elements, so many.</summary>
    internal LocalBuilder Mask(Lane lane, int elements)
    {
        var mask = Local(lane, "mask", elements);
        lane.Mask(il, elements);
        il.Emit(OpCodes.Stloc, mask);
        return mask;
    }

    /// <summary><c>-> sum + product</c></summary>
    void Added(Lane lane, int position, LocalBuilder sum) => Factors(lane, position, last =>
    {
        if (last > 0)
        {
            lane.MultiplyAdd(il, sum);
            return;
        }
        il.Emit(OpCodes.Ldloc, sum);
        lane.Add(il);
    });

    internal void Store(Lane lane, LocalBuilder[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            addresses.Push(Operands, i * lane.Count * strides[^1]);
            il.Emit(OpCodes.Ldloc, sums[i]);
            lane.Store(il, elements[^1]);
        }
    }

    /// <summary>Stores the sum of all elements of all sums.</summary>
    internal void StoreTotal(Lane lane, LocalBuilder[] sums)
    {
        addresses.Push(Operands, 0);
        il.Emit(OpCodes.Ldloc, sums[0]);
        foreach (var sum in sums.Skip(1))
        {
            il.Emit(OpCodes.Ldloc, sum);
            lane.Add(il);
        }
        lane.Sum(il);
        new ScalarLane(lane.Element).Store(il, elements[^1]);
    }

    /// <summary>The factors of the block's value number <paramref name="position"/>, multiplied but for the last one, which <paramref name="finish"/> gets.</summary>
    void Factors(Lane lane, int position, Action<int> finish)
    {
        var first = Math.Max(FixedPrefix - 1, 0);
        for (var i = first; i < Operands; i++)
        {
            if (strides[i] == 0) il.Emit(OpCodes.Ldloc, Local(lane, "fixed", i == first ? 0 : i));
            else
            {
                addresses.Push(i, position * lane.Count * strides[i]);
                lane.Load(il, elements[i]);
            }
            if (i == Operands - 1) finish(i - first);
            else if (i > first) lane.Multiply(il);
        }
    }

    LocalBuilder Local(Lane lane, string name, int number)
    {
        if (!_locals.TryGetValue((lane, name, number), out var local)) _locals.Add((lane, name, number), local = il.DeclareLocal(lane.Type));
        return local;
    }
}
