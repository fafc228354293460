using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>Collects a kernel's statements; families write with it what their kernels do.</summary>
sealed class IrBuilder
{
    readonly Stack<ImmutableArray<IrStatement>.Builder> _blocks = new([ImmutableArray.CreateBuilder<IrStatement>()]);
    readonly List<IrArray> _locals = [];
    readonly Dictionary<string, int> _names = [];

    internal ImmutableArray<IrArray> Locals => [.. _locals];

    internal ImmutableArray<IrStatement> Body => _blocks.Single().ToImmutable();

    /// <summary>A variable with the value, or the value itself where it needs none.</summary>
    internal IrExpr Let(string name, IrExpr value)
    {
        if (value is WholeExpr or RealExpr or VariableExpr) return value;
        return Variable(name, value);
    }

    /// <summary>A variable that may be changed.</summary>
    internal VariableExpr Variable(string name, IrExpr initial)
    {
        var variable = new VariableExpr(initial.Type, Fresh(name));
        Add(new LetStatement(variable, initial));
        return variable;
    }

    internal void Set(VariableExpr variable, IrExpr value) => Add(new SetStatement(variable, value));

    internal IrArray Local(string name, ElementType element, int length, int alignment = IrKernel.Alignment)
    {
        var array = new IrArray(Fresh(name), element, IrSpace.Local, length, Alignment: alignment);
        _locals.Add(array);
        return array;
    }

    internal IrArray Registers(string name, IrType type, int length)
    {
        var array = new IrArray(Fresh(name), type.Storage(), IrSpace.Private, length);
        Add(new DeclareStatement(array));
        return array;
    }

    internal void Move(IrArray array, IrExpr by) => Add(new MoveStatement(array, by));

    internal void Store(IrArray array, IrExpr place, IrExpr value) => Add(new StoreStatement(array, place, value));

    internal void LoadRun(IrArray registers, IrExpr at, IrArray source, IrExpr place, int count) => Add(new LoadRunStatement(registers, at, source, place, count));

    internal void Barrier() => Add(new BarrierStatement());

    internal void For(string name, IrExpr from, IrExpr to, IrExpr step, Action<IrExpr> body, bool unroll = false)
    {
        var counter = new VariableExpr(IrType.Index, Fresh(name));
        Add(new ForStatement(counter, from, to, step, unroll, Block(() => body(counter))));
    }

    /// <summary>A loop of a constant number of turns, unrolled, so that arrays indexed by its counter stay in registers.</summary>
    internal void Unrolled(string name, int count, Action<IrExpr> body)
    {
        if (count == 1) body(0);
        else For(name, 0, count, 1, body, unroll: true);
    }

    internal void If(IrExpr condition, Action body)
    {
        if (condition is WholeExpr { Value: 1 }) body();
        else Add(new IfStatement(condition, Block(body)));
    }

    internal void While(VariableExpr going, Action body) => Add(new WhileStatement(going, Block(body)));

    internal void Add(IrStatement statement) => _blocks.Peek().Add(statement);

    ImmutableArray<IrStatement> Block(Action body)
    {
        _blocks.Push(ImmutableArray.CreateBuilder<IrStatement>());
        body();
        return _blocks.Pop().ToImmutable();
    }

    string Fresh(string name)
    {
        var count = _names[name] = _names.GetValueOrDefault(name) + 1;
        return count == 1 ? name : $"{name}_{count}";
    }
}
