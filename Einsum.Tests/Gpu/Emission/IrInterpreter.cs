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
    readonly Dictionary<string, IrMemory> _shared = [];
    readonly Dictionary<string, IrMemory[]> _private = [];
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
            run._shared[kernel.Buffers[i].Name] = new IrMemory(kernel.Buffers[i], (byte*)buffers[i].Start, buffers[i].Length, ordered: false);
        for (var i = 0; i < kernel.Sizes.Length; i++) run._variables[kernel.Sizes[i].Name] = [.. Enumerable.Repeat(new IrValue(arguments[i]), kernel.Threads)];
        for (run._group = 0; run._group < groups; run._group++) run.Group();
    }

    void Group()
    {
        foreach (var local in _kernel.Locals) _shared[local.Name] = Allocate(local, ordered: true);
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
            case DeclareStatement declare: _private[declare.Array.Name] = [.. Enumerable.Range(0, _kernel.Threads).Select(_ => Allocate(declare.Array, ordered: true))]; break;
            case StoreStatement store:
                foreach (var thread in threads) Memory(store.Array, thread).Write(Whole(store.Place, thread), Value(store.Value, thread), store.Value.Type, thread, _epoch, Global(thread));
                break;
            case LoadRunStatement run:
                foreach (var thread in threads)
                {
                    var (at, place) = (Whole(run.At, thread), Whole(run.Place, thread));
                    Assert.That(place % run.Count, Is.Zero, $"a run of {run.Source.Name} is not aligned");
                    for (var i = 0; i < run.Count; i++)
                        Memory(run.Registers, thread).Write(at + i, Memory(run.Source, thread).Read(place + i, thread, _epoch), run.Registers.Element.Value(), thread, _epoch, 0);
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
                var chosen = threads.Where(thread => Value(branch.Condition, thread).IsTrue).ToArray();
                if (chosen.Length > 0) Block(branch.Body, chosen);
                break;
            case ForStatement loop: For(loop, threads); break;
            case WhileStatement loop:
                while ((threads = [.. threads.Where(thread => Value(loop.Going, thread).IsTrue)]).Length > 0) Block(loop.Body, threads);
                break;
            default: throw new InvalidOperationException($"No meaning for {statement.GetType().Name}.");
        }
    }

    void For(ForStatement loop, int[] threads)
    {
        var counter = Slot(loop.Counter.Name);
        foreach (var thread in threads) counter[thread] = Value(loop.From, thread);
        while ((threads = [.. threads.Where(thread => counter[thread].Whole < Whole(loop.To, thread))]).Length > 0)
        {
            Block(loop.Body, threads);
            foreach (var thread in threads) counter[thread] = new(counter[thread].Whole + Whole(loop.Step, thread));
        }
    }

    void Assign(string name, IrExpr value, int[] threads)
    {
        var slot = Slot(name);
        foreach (var thread in threads) slot[thread] = Value(value, thread);
    }

    IrValue[] Slot(string name) => _variables.TryGetValue(name, out var slot) ? slot : _variables[name] = new IrValue[_kernel.Threads];

    IrMemory Memory(IrArray array, int thread) => array.Space == IrSpace.Private ? _private[array.Name][thread] : _shared[array.Name];

    long Global(int thread) => _group * _kernel.Threads + thread;

    long Whole(IrExpr expr, int thread) => Value(expr, thread).Whole;

    IrValue Value(IrExpr expr, int thread) => expr switch
    {
        WholeExpr whole => new(whole.Value),
        RealExpr real => IrValue.Of(real.Value),
        ComplexExpr complex => IrValue.Of(Value(complex.Real, thread).Real, Value(complex.Imaginary, thread).Real),
        VariableExpr variable => _variables[variable.Name][thread],
        BuiltinExpr builtin => new(builtin.Builtin switch { IrBuiltin.Thread => thread, IrBuiltin.Group => _group, _ => _groups }),
        BinaryExpr { Op: IrOp.Less or IrOp.LessOrEqual or IrOp.Equal or IrOp.NotEqual } binary =>
            IrValue.Of(IrArithmetic.Compare(binary.Left.Type, binary.Op, Value(binary.Left, thread), Value(binary.Right, thread))),
        BinaryExpr { Type: IrType.Flag, Op: IrOp.And } both => Value(both.Left, thread).IsTrue ? Value(both.Right, thread) : IrValue.Of(false),
        BinaryExpr binary => Narrow(binary, IrArithmetic.Binary(binary.Type, binary.Op, Value(binary.Left, thread), Value(binary.Right, thread))),
        FmaExpr fma => IrArithmetic.Fma(fma.Type, Value(fma.Left, thread), Value(fma.Right, thread), Value(fma.Sum, thread)),
        SelectExpr select => Value(Value(select.Condition, thread).IsTrue ? select.Then : select.Else, thread),
        LoadExpr load => Memory(load.Array, thread).Read(Whole(load.Place, thread), thread, _epoch),
        CastExpr cast => IrArithmetic.Cast(cast.Operand.Type, cast.Type, Value(cast.Operand, thread)),
        SaturateExpr saturate => IrSaturation.Convert(saturate.From, saturate.To, Value(saturate.Operand, thread)),
        LoadWordExpr word => new(Memory(word.Array, thread).Read(Whole(word.Place, thread), thread, _epoch).Whole | Memory(word.Array, thread).Read(Even(Whole(word.Place, thread)) + 1, thread, _epoch).Whole << 16),
        IsAlignedExpr aligned => IrValue.Of(Memory(aligned.Array, thread).IsAligned(Whole(aligned.Place, thread), aligned.Bytes)),
        CallExpr { Function: "tf32_of" } call => new(IrFloats.Tf32((float)Value(call.Arguments[0], thread).Real)),
        CallExpr { Function: "bf16x2_of" } call => new(IrFloats.BFloat16((float)Value(call.Arguments[0], thread).Real) | (long)IrFloats.BFloat16((float)Value(call.Arguments[1], thread).Real) << 16),
        CallExpr call => IrFunctions.Of(call.Function, [.. call.Arguments.Select(argument => Value(argument, thread))]),
        _ => throw new InvalidOperationException($"No meaning for {expr}."),
    };

    /// <summary>A 32-bit index that does not fit is a mistake of the kernel.</summary>
    IrValue Narrow(BinaryExpr expr, IrValue value) =>
        expr.Type == IrType.Index && !_kernel.WideIndex && value.Whole != (int)value.Whole ? throw new InvalidOperationException($"{expr} is {value.Whole}.") : value;
}
