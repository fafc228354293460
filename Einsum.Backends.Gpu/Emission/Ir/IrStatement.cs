using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>What a thread does; every thread of a group does the statements in order.</summary>
abstract record IrStatement;

/// <summary>Makes a variable.</summary>
sealed record LetStatement(VariableExpr Variable, IrExpr Value) : IrStatement;

/// <summary>Changes a variable.</summary>
sealed record SetStatement(VariableExpr Variable, IrExpr Value) : IrStatement;

/// <summary>Makes an array in registers; what it holds is undefined.</summary>
sealed record DeclareStatement(IrArray Array) : IrStatement;

/// <summary>Has a global array start so many elements further on, the same for all threads of a group: places then count from there, and may have 32 bits however far that is.</summary>
sealed record MoveStatement(IrArray Array, IrExpr By) : IrStatement;

/// <summary>Writes an element.</summary>
sealed record StoreStatement(IrArray Array, IrExpr Place, IrExpr Value) : IrStatement;

/// <summary>Reads neighbours of a local array, whose place is a multiple of their count, into registers at once.</summary>
sealed record LoadRunStatement(IrArray Registers, IrExpr At, IrArray Source, IrExpr Place, int Count) : IrStatement
{
    /// <summary>Whether they are the 16 bytes that one instruction reads.</summary>
    internal bool IsOneRead => Count > 1 && Count * Source.Element.Size() == 16;
}

/// <summary><c>for (counter = from; counter &lt; to; counter += step)</c></summary>
sealed record ForStatement(VariableExpr Counter, IrExpr From, IrExpr To, IrExpr Step, bool Unroll, ImmutableArray<IrStatement> Body) : IrStatement;

/// <summary>Does the body again and again while the variable is true, which the body sets.</summary>
sealed record WhileStatement(VariableExpr Going, ImmutableArray<IrStatement> Body) : IrStatement;

/// <summary>Does the body where the condition holds.</summary>
sealed record IfStatement(IrExpr Condition, ImmutableArray<IrStatement> Body) : IrStatement;

/// <summary>Waits until every thread of the group is here and sees what the others wrote to local memory.</summary>
sealed record BarrierStatement : IrStatement;
