using System.Collections.Immutable;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>An operand of an instruction.</summary>
abstract record PtxOperand;

/// <summary>A register, or a number, which is a register that nothing writes to.</summary>
sealed record PtxRegister(int Slot) : PtxOperand;

/// <summary>The name of a variable; of a label or a function where <paramref name="Variable"/> is null.</summary>
sealed record PtxSymbol(string Name, PtxVariable? Variable) : PtxOperand;

/// <summary><c>[%rd1+16]</c>.</summary>
sealed record PtxAddress(PtxOperand Base, long Offset) : PtxOperand;

/// <summary><c>{%f1, %f2}</c>, and the arguments of a call.</summary>
sealed record PtxList(ImmutableArray<PtxOperand> Parts) : PtxOperand;
