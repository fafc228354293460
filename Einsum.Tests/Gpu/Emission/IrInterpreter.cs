using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// What a kernel means: the threads of a group do each statement together, one group after the other. Races, reads of what was never written and
/// accesses out of bounds are exceptions.
/// </summary>
sealed unsafe partial class IrInterpreter
{
    readonly IrKernel _kernel;
    readonly Dictionary<string, IrValue[]> _variables = [];
    readonly Dictionary<string, IrMemory[]> _memory = [];
    readonly Dictionary<IrExpr, Func<int, IrValue>> _meanings = new(ReferenceEqualityComparer.Instance);
    readonly List<nint> _blocks = [];
    readonly long _groups;
    long _group;
    int _epoch;

    IrInterpreter(IrKernel kernel, long groups)
    {
        _kernel = kernel;
        _groups = groups;
    }

    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">Groups of the launch.</param>
    /// <param name="buffers">Per buffer its start, and how many elements it has.</param>
    /// <param name="arguments">The sizes.</param>
    internal static void Run(IrKernel kernel, long groups, IReadOnlyList<(nint Start, long Length)> buffers, ImmutableArray<long> arguments)
    {
        var run = new IrInterpreter(kernel, groups);
        for (var i = 0; i < kernel.Buffers.Length; i++)
            run.Memories(kernel.Buffers[i])[0] = new IrMemory(kernel.Buffers[i], (byte*)buffers[i].Start, buffers[i].Length, ordered: false);
        for (var i = 0; i < kernel.Sizes.Length; i++) run.Slot(kernel.Sizes[i].Name).AsSpan().Fill(new IrValue(arguments[i]));
        for (run._group = 0; run._group < groups; run._group++) run.Group();
    }

    void Group()
    {
        foreach (var local in _kernel.Locals) Memories(local)[0] = Allocate(local, ordered: true);
        foreach (var buffer in _kernel.Buffers) Memories(buffer)[0].Origin = 0;
        _epoch = 0;
        _copies.Clear();
        _products.Clear();
        _shown.Clear();
        Block(_kernel.Body, [.. Enumerable.Range(0, _kernel.Threads)]);
        foreach (var block in _blocks) NativeMemory.Free((void*)block);
        _blocks.Clear();
    }

    IrMemory Allocate(IrArray array, bool ordered)
    {
        var block = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(array.Bytes, 1));
        _blocks.Add((nint)block);
        return new IrMemory(array, block, array.Length, ordered);
    }

    void Block(ImmutableArray<IrStatement> body, int[] threads)
    {
        foreach (var statement in body) Statement(statement, threads);
    }

    void Statement(IrStatement statement, int[] threads)
    {
        switch (statement)
        {
            case LetStatement let: Assign(let.Variable.Name, let.Value, threads); break;
            case SetStatement set: Assign(set.Variable.Name, set.Value, threads); break;
            case DeclareStatement declare: foreach (ref var memory in Memories(declare.Array).AsSpan()) memory = Allocate(declare.Array, ordered: true); break;
            case MoveStatement move: Memories(move.Array)[0].Origin += Whole(move.By, threads[0]); break;
            case StoreStatement store:
                var (place, stored) = (Meaning(store.Place), Meaning(store.Value));
                foreach (var thread in threads) Memory(store.Array, thread).Write(place(thread).Whole, stored(thread), store.Value.Type, thread, _epoch, Global(thread));
                break;
            case LoadRunStatement run:
                foreach (var thread in threads)
                {
                    var (at, from) = (Whole(run.At, thread), Whole(run.Place, thread));
                    if (from % run.Count != 0) Assert.Fail($"a run of {run.Source.Name} is not aligned");
                    for (var i = 0; i < run.Count; i++)
                        Memory(run.Registers, thread).Write(at + i, Memory(run.Source, thread).Read(from + i, thread, _epoch), run.Registers.Element.Value(), thread, _epoch, 0);
                }
                break;
            case CopyAsyncStatement copy: foreach (var thread in threads) Copy(copy, thread); break;
            case CommitCopiesStatement: foreach (var thread in threads) Commit(thread); break;
            case WaitCopiesStatement wait: foreach (var thread in threads) Wait(thread, wait.Pending); break;
            case MmaStatement mma: Multiply(mma, threads); break;
            case WgmmaStatement wgmma: Multiply(wgmma, threads); break;
            case StartProductsStatement or CommitProductsStatement or WaitProductsStatement or ShowToTensorCoresStatement: Warpgroups(statement, threads); break;
            case BarrierStatement:
                Assert.That(threads, Has.Length.EqualTo(_kernel.Threads), "not every thread comes to a barrier");
                _epoch++;
                break;
            case IfStatement branch:
                var chosen = Where(branch.Condition, threads);
                if (chosen.Length > 0) Block(branch.Body, chosen);
                break;
            case ForStatement loop: For(loop, threads); break;
            case WhileStatement loop:
                while ((threads = Where(loop.Going, threads)).Length > 0) Block(loop.Body, threads);
                break;
            default: throw new InvalidOperationException($"No meaning for {statement.GetType().Name}.");
        }
    }

    void For(ForStatement loop, int[] threads)
    {
        var (counter, from, to, step) = (Slot(loop.Counter.Name), Meaning(loop.From), Meaning(loop.To), Meaning(loop.Step));
        foreach (var thread in threads) counter[thread] = from(thread);
        while ((threads = Array.FindAll(threads, thread => counter[thread].Whole < to(thread).Whole)).Length > 0)
        {
            Block(loop.Body, threads);
            foreach (var thread in threads) counter[thread] = new(counter[thread].Whole + step(thread).Whole);
        }
    }

    void Assign(string name, IrExpr value, int[] threads)
    {
        var (slot, meaning) = (Slot(name), Meaning(value));
        foreach (var thread in threads) slot[thread] = meaning(thread);
    }

    int[] Where(IrExpr condition, int[] threads) => Meaning(condition) is var holds ? Array.FindAll(threads, thread => holds(thread).IsTrue) : [];

    IrValue[] Slot(string name) => _variables.TryGetValue(name, out var slot) ? slot : _variables[name] = new IrValue[_kernel.Threads];

    /// <summary>An array that all threads share, or each thread's own.</summary>
    IrMemory[] Memories(IrArray array) => _memory.TryGetValue(array.Name, out var memories) ? memories : _memory[array.Name] = new IrMemory[array.Space == IrSpace.Private ? _kernel.Threads : 1];

    IrMemory Memory(IrArray array, int thread) => Memories(array)[array.Space == IrSpace.Private ? thread : 0];

    long Global(int thread) => _group * _kernel.Threads + thread;

    long Whole(IrExpr expr, int thread) => Meaning(expr)(thread).Whole;

    /// <summary>An expression's value by thread: what it is made of is looked up once, not by each thread each time.</summary>
    Func<int, IrValue> Meaning(IrExpr expr) => _meanings.TryGetValue(expr, out var meaning) ? meaning : _meanings[expr] = Find(expr);

    Func<int, IrValue> Find(IrExpr expr)
    {
        switch (expr)
        {
            case WholeExpr whole: return Constant(new(whole.Value));
            case RealExpr real: return Constant(IrValue.Of(real.Value));
            case ComplexExpr complex: return Two(complex.Real, complex.Imaginary, (real, imaginary) => IrValue.Of(real.Real, imaginary.Real));
            case VariableExpr variable:
                var slot = Slot(variable.Name);
                return thread => slot[thread];
            case BuiltinExpr builtin:
                return builtin.Builtin switch { IrBuiltin.Thread => thread => new(thread), IrBuiltin.Group => _ => new(_group), _ => _ => new(_groups) };
            case BinaryExpr { Op: IrOp.Less or IrOp.LessOrEqual or IrOp.Equal or IrOp.NotEqual } binary:
                return Two(binary.Left, binary.Right, (x, y) => IrValue.Of(IrArithmetic.Compare(binary.Left.Type, binary.Op, x, y)));
            case BinaryExpr { Type: IrType.Flag, Op: IrOp.And } both:
                var (first, second) = (Meaning(both.Left), Meaning(both.Right));
                return thread => first(thread).IsTrue ? second(thread) : IrValue.Of(false);
            case BinaryExpr binary: return Two(binary.Left, binary.Right, (x, y) => Narrow(binary, IrArithmetic.Binary(binary.Type, binary.Op, x, y)));
            case FmaExpr fma:
                var (left, right, sum) = (Meaning(fma.Left), Meaning(fma.Right), Meaning(fma.Sum));
                return thread => IrArithmetic.Fma(fma.Type, left(thread), right(thread), sum(thread));
            case SelectExpr select:
                var (condition, then, otherwise) = (Meaning(select.Condition), Meaning(select.Then), Meaning(select.Else));
                return thread => condition(thread).IsTrue ? then(thread) : otherwise(thread);
            case LoadExpr load: return Load(load.Array, load.Place, (memory, place, thread) => memory.Read(place, thread, _epoch));
            case CastExpr cast: return One(cast.Operand, value => IrArithmetic.Cast(cast.Operand.Type, cast.Type, value));
            case SaturateExpr saturate: return One(saturate.Operand, value => IrSaturation.Convert(saturate.From, saturate.To, value));
            case LoadWordExpr word:
                return Load(word.Array, word.Place, (memory, place, thread) => new(memory.Read(Even(place), thread, _epoch).Whole | memory.Read(place + 1, thread, _epoch).Whole << 16));
            case IsAlignedExpr aligned: return Load(aligned.Array, aligned.Place, (memory, place, _) => IrValue.Of(memory.IsAligned(place, aligned.Bytes)));
            case CallExpr { Function: "tf32_of" } call: return One(call.Arguments[0], value => new(IrFloats.Tf32((float)value.Real)));
            case CallExpr { Function: "bf16x2_of" } call:
                return Two(call.Arguments[0], call.Arguments[1], (x, y) => new(IrFloats.BFloat16((float)x.Real) | (long)IrFloats.BFloat16((float)y.Real) << 16));
            case CallExpr call:
                Func<int, IrValue>[] arguments = [.. call.Arguments.Select(Meaning)];
                return thread => IrFunctions.Of(call.Function, Array.ConvertAll(arguments, argument => argument(thread)));
            default: throw new InvalidOperationException($"No meaning for {expr}.");
        }
    }

    static Func<int, IrValue> Constant(IrValue value) => _ => value;

    Func<int, IrValue> One(IrExpr operand, Func<IrValue, IrValue> of)
    {
        var value = Meaning(operand);
        return thread => of(value(thread));
    }

    Func<int, IrValue> Two(IrExpr left, IrExpr right, Func<IrValue, IrValue, IrValue> of)
    {
        var (x, y) = (Meaning(left), Meaning(right));
        return thread => of(x(thread), y(thread));
    }

    Func<int, IrValue> Load(IrArray array, IrExpr place, Func<IrMemory, long, int, IrValue> of)
    {
        var (memories, at, isPrivate) = (Memories(array), Meaning(place), array.Space == IrSpace.Private);
        return thread => of(memories[isPrivate ? thread : 0], at(thread).Whole, thread);
    }

    /// <summary>A 32-bit index that does not fit is a mistake of the kernel.</summary>
    IrValue Narrow(BinaryExpr expr, IrValue value) =>
        expr.Type == IrType.Index && !_kernel.WideIndex && value.Whole != (int)value.Whole ? throw new InvalidOperationException($"{expr} is {value.Whole}.") : value;
}
