using System.Reflection.Emit;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Emits the body of <c>void (nint* addresses, long from, long to)</c>: a kernel plan's nest with every stride and extent a constant, but for
/// the bounds of the outermost free loop.
/// </summary>
sealed class NestEmitter
{
    const short From = 1, To = 2;

    readonly ILGenerator _il;
    readonly KernelPlan _plan;
    readonly NestSchedule _schedule;
    readonly AddressEmitter _addresses;
    readonly ProductEmitter _products;
    readonly Lane _lane;

    NestEmitter(ILGenerator il, KernelPlan plan, NestSchedule schedule)
    {
        (_il, _plan, _schedule) = (il, plan, schedule);
        var arithmetic = plan.Arithmetic();
        var element = arithmetic.ToType();
        _lane = schedule.Lanes == 1 ? new ScalarLane(element) : new VectorLane(element, schedule.Lanes, schedule.Lanes * arithmetic.Size() * 8);
        _addresses = new(il, plan.Operands.Length + 1);
        _products = new(il, _addresses, [.. plan.Operands.Append(plan.Result).Select(tensor => tensor.Element.ToType())], schedule.Vector is null ? new nint[plan.Operands.Length + 1] : Strides(schedule.Vector));
    }

    internal static void Emit(ILGenerator il, KernelPlan plan, NestSchedule schedule)
    {
        new NestEmitter(il, plan, schedule).Range();
        il.Emit(OpCodes.Ret);
    }

    nint[] Strides(Loop loop) => Odometer.ByteStrides(_plan, loop);

    /// <summary>The outermost loop, between bounds that are arguments.</summary>
    void Range()
    {
        if (_schedule.Outermost is not { } loop)
        {
            Free(0);
            return;
        }
        var left = _il.DeclareLocal(typeof(long));
        _il.Emit(OpCodes.Ldarg, From);
        _il.Emit(OpCodes.Stloc, left);
        _addresses.MoveBy(Strides(loop), left);
        _il.Emit(OpCodes.Ldarg, To);
        _il.Emit(OpCodes.Ldarg, From);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, left);
        if (loop != _schedule.Vector)
        {
            While(left, loop, 1, () => Free(1));
            return;
        }
        if (_schedule.Block > 1) While(left, loop, _schedule.Block * _lane.Count, () => Block(_lane, _schedule.Block));
        While(left, loop, _lane.Count, () => Block(_lane, 1));
        if (_lane.Count > 1) Last(left, loop);
    }

    /// <summary>
    /// The last elements of a range that are less than a vector: the vector that ends with them, whose first elements are then written a
    /// second time with the same values, be it by another thread. The loop is at least a vector long, and all ranges but the last are whole vectors.
    /// </summary>
    void Last(LocalBuilder left, Loop loop)
    {
        var none = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, left);
        _il.Emit(OpCodes.Brfalse, none);
        _il.Emit(OpCodes.Ldloc, left);
        _il.Emit(OpCodes.Ldc_I8, (long)_lane.Count);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, left);
        _addresses.MoveBy(Strides(loop), left);
        Block(_lane, 1);
        _il.MarkLabel(none);
    }

    /// <summary><c>while (left >= step) { body; left -= step }</c></summary>
    void While(LocalBuilder left, Loop loop, long step, Action body)
    {
        var (top, test) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(top);
        _addresses.Iteration(Strides(loop), step, body);
        Subtract(left, step);
        _il.MarkLabel(test);
        _il.Emit(OpCodes.Ldloc, left);
        _il.Emit(OpCodes.Ldc_I8, step);
        _il.Emit(OpCodes.Bge, top);
    }

    /// <summary><c>iterations</c> times, each a <paramref name="step"/> further.</summary>
    void Times(long iterations, nint[] strides, long step, Action body)
    {
        if (iterations == 0) return;
        if (iterations > 1)
        {
            var (left, top) = (_il.DeclareLocal(typeof(long)), _il.DefineLabel());
            _il.Emit(OpCodes.Ldc_I8, iterations);
            _il.Emit(OpCodes.Stloc, left);
            _il.MarkLabel(top);
            _addresses.Iteration(strides, step, body);
            Subtract(left, 1);
            _il.Emit(OpCodes.Ldloc, left);
            _il.Emit(OpCodes.Brtrue, top);
            _addresses.Moved(strides, iterations * step);
        }
        else body();
    }

    void Subtract(LocalBuilder left, long step)
    {
        _il.Emit(OpCodes.Ldloc, left);
        _il.Emit(OpCodes.Ldc_I8, step);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, left);
    }

    void Free(int depth)
    {
        if (depth < _schedule.Free.Length) Times(_schedule.Free[depth].Extent, Strides(_schedule.Free[depth]), 1, () => Free(depth + 1));
        else if (_schedule.Vector is not { } vector) Block(_lane, 1);
        else if (_schedule.Sums) Sum(vector);
        else Blocks(vector);
    }

    void Contracted(int depth, Action innermost)
    {
        if (depth == _schedule.Contracted.Length) innermost();
        else Times(_schedule.Contracted[depth].Extent, Strides(_schedule.Contracted[depth]), 1, () => Contracted(depth + 1, innermost));
    }

    /// <summary>
    /// The vectorised free loop: whole blocks, a smaller block for the remaining vectors, and for the remaining elements the last vector that
    /// fits, whose first elements are then written a second time with the same values.
    /// </summary>
    void Blocks(Loop vector)
    {
        var (strides, whole) = (Strides(vector), _schedule.Block * _lane.Count);
        var blocks = vector.Extent / whole;
        Times(blocks, strides, whole, () => Block(_lane, _schedule.Block));
        var done = blocks * whole;
        var vectors = (int)((vector.Extent - done) / _lane.Count);
        if (vectors > 0)
        {
            _addresses.MoveTo(strides, done);
            Block(_lane, vectors);
            done += vectors * _lane.Count;
        }
        if (done == vector.Extent) return;
        _addresses.MoveTo(strides, vector.Extent - _lane.Count);
        Block(_lane, 1);
    }

    /// <summary>Sums of products for neighbouring elements of the result, in registers until they are stored.</summary>
    void Block(Lane lane, int block)
    {
        var sums = _products.Sums(lane, block);
        if (_schedule.Contracted.IsEmpty) _products.Assign(lane, sums);
        else
        {
            _products.Clear(lane, sums);
            Contracted(0, () =>
            {
                _products.Fix(lane);
                _products.Accumulate(lane, sums);
            });
        }
        _products.Store(lane, sums);
    }

    /// <summary>
    /// The vectorised contracted loop, innermost; its sums are added up after all contracted loops. For the remaining elements the last vector
    /// that fits is multiplied once more, and only its last elements are added.
    /// </summary>
    void Sum(Loop vector)
    {
        var sums = _products.Sums(_lane, _schedule.Block);
        var rest = (int)(vector.Extent % _lane.Count);
        var mask = rest > 0 ? _products.Mask(_lane, rest) : null;
        _products.Clear(_lane, sums);
        Contracted(0, () =>
        {
            var (strides, whole) = (Strides(vector), _schedule.Block * _lane.Count);
            var blocks = vector.Extent / whole;
            _products.Fix(_lane);
            Times(blocks, strides, whole, () => _products.Accumulate(_lane, sums));
            var done = blocks * whole;
            var vectors = (int)((vector.Extent - done) / _lane.Count);
            if (vectors > 0)
            {
                _addresses.MoveTo(strides, done);
                _products.Accumulate(_lane, sums[..vectors]);
            }
            if (mask is null) return;
            _addresses.MoveTo(strides, vector.Extent - _lane.Count);
            // The sum that was added to longest ago.
            _products.Accumulate(_lane, sums[vectors % sums.Length], mask);
        });
        _products.StoreTotal(_lane, sums);
    }
}
