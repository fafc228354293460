namespace EinsumNet.Backends.Gpu;

/// <summary>What may be chosen about emitted kernels.</summary>
/// <param name="Specialise">Whether sizes and strides are constants of the text.</param>
/// <param name="Precision">What products of floats may be computed in.</param>
/// <param name="Family">The only family to emit with; null for the first that can.</param>
/// <param name="Tile">The tile of a family that has tiles; null, or one that the family does not have, for the one that the device's model gives.</param>
/// <param name="Splits">Over how many groups the sums of a family that splits them are split; null for what the model gives, as with a tile that the family does not have.</param>
sealed record EmitOptions(bool Specialise = false, MatrixPrecision Precision = MatrixPrecision.Full, string? Family = null, TileShape? Tile = null, int? Splits = null)
{
    internal static readonly EmitOptions Default = new();
}

/// <summary>Whom a kernel is emitted for.</summary>
sealed record EmitTarget(DeviceLimits Limits, KernelDialect Dialect, EmitOptions Options);
