namespace EinsumNet.Backends.Gpu;

/// <summary>What the factors of products of floats may be rounded to, so that tensor cores can multiply them; sums are floats always.</summary>
public enum MatrixPrecision
{
    /// <summary>Not rounded: products of floats do not use tensor cores.</summary>
    Full,

    /// <summary>Factors rounded to 10 bits after the point.</summary>
    Tf32,

    /// <summary>Factors rounded to 7 bits after the point.</summary>
    BFloat16,
}
