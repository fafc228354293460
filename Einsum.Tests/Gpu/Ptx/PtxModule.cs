namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>A program as it was parsed.</summary>
sealed class PtxModule
{
    internal Dictionary<string, PtxFunction> Functions { get; } = [];

    /// <summary>The variables of all threads, and those of a block.</summary>
    internal List<PtxVariable> Variables { get; } = [];
}
