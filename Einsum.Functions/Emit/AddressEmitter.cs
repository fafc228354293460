using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>Emits the addresses of loads and stores: pointers for what lies outside of the innermost loop, and one multiply-add inside.</summary>
sealed class AddressEmitter(NestFrame frame)
{
    readonly ILGenerator _il = frame.Il;
    readonly Dictionary<(int Buffer, Affine Start), LocalBuilder> _pointers = [];

    internal void Forget() => _pointers.Clear();

    /// <summary>Where each load and store of the innermost loop starts, for the counters outside of it.</summary>
    internal void HoistPointers()
    {
        _pointers.Clear();
        var kernel = frame.Kernel;
        var loads = Kernel.Reach(kernel.BodyRoots).Select(expr => expr switch
        {
            LoadExpr load => (load.Buffer, load.Place, load.Element),
            IndexedLoadExpr load => (load.Buffer, load.Place, load.Element),
            _ => default,
        }).Where(load => load.Place is not null);
        var stores = (kernel.Inner.IsEmpty ? kernel.FinalStores : kernel.InnerStores).Select(store => (store.Buffer, store.Place, store.Value.Element));
        foreach (var (buffer, place, element) in loads.Concat(stores).ToList())
        {
            if (frame.Buffers.Element(buffer) is not null || _pointers.ContainsKey((buffer, Start(place)))) continue;
            var pointer = _il.DeclareLocal(typeof(nint));
            frame.Buffers.Push(buffer);
            Sum(Start(place), element.Size());
            Advance();
            _il.Emit(OpCodes.Stloc, pointer);
            _pointers[(buffer, Start(place))] = pointer;
        }
    }

    /// <summary>Where the innermost loop starts, but for a constant: accesses that differ by one share a pointer.</summary>
    Affine Start(Affine place) => new(0, place.Factors.SetItem(frame.Innermost, 0));

    /// <summary><c>-> address</c></summary>
    internal void Push(int buffer, Affine place, ElementType element)
    {
        if (_pointers.Count == 0 || !_pointers.TryGetValue((buffer, Start(place)), out var pointer))
        {
            frame.Buffers.Push(buffer);
            Sum(place, element.Size());
            Advance();
            return;
        }
        _il.Emit(OpCodes.Ldloc, pointer);
        // In this order, pointer + counter * size + constant is one addressing mode.
        var stride = place.Factors[frame.Innermost] * element.Size();
        if (stride != 0)
        {
            _il.Emit(OpCodes.Ldloc, frame.Counters[frame.Innermost]);
            _il.Emit(OpCodes.Ldc_I8, stride);
            _il.Emit(OpCodes.Mul);
            Advance();
        }
        if (place.Offset * element.Size() + frame.Ahead * stride is not 0 and var constant)
        {
            _il.Emit(OpCodes.Ldc_I8, constant);
            Advance();
        }
    }

    /// <summary><c>address steps -> address</c> so many steps of <paramref name="stride"/> bytes further, held inside <paramref name="size"/> steps.</summary>
    internal void Index(long stride, long size)
    {
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Ldc_I8, size - 1);
        _il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Clamp), [typeof(long), typeof(long), typeof(long)])!);
        _il.Emit(OpCodes.Ldc_I8, stride);
        _il.Emit(OpCodes.Mul);
        Advance();
    }

    void Advance()
    {
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    /// <summary><c>-> long</c>: the affine value times <paramref name="scale"/>.</summary>
    internal void Sum(Affine value, long scale)
    {
        _il.Emit(OpCodes.Ldc_I8, value.Offset * scale);
        for (var loop = 0; loop < frame.Kernel.Loops; loop++)
        {
            if (value.Factors[loop] == 0) continue;
            _il.Emit(OpCodes.Ldloc, frame.Counters[loop]);
            if (value.Factors[loop] * scale != 1)
            {
                _il.Emit(OpCodes.Ldc_I8, value.Factors[loop] * scale);
                _il.Emit(OpCodes.Mul);
            }
            _il.Emit(OpCodes.Add);
        }
        // Where the counter stands still while the body is repeated.
        if (frame.Ahead != 0 && value.Factors[frame.Innermost] != 0)
        {
            _il.Emit(OpCodes.Ldc_I8, value.Factors[frame.Innermost] * scale * frame.Ahead);
            _il.Emit(OpCodes.Add);
        }
    }
}
