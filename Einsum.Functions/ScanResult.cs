namespace EinsumNet.Functions;

/// <summary>What <see cref="Fn.Scan(Func{TensorExpr, TensorExpr, ValueTuple{TensorExpr, TensorExpr}}, TensorExpr, TensorExpr, long?, bool, string, int)"/> gives.</summary>
/// <param name="Carry">The last carry.</param>
/// <param name="Results">The ys, stacked along a leading axis.</param>
public readonly record struct ScanResult(TensorExpr Carry, TensorExpr Results);
