namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>A variable in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Space">The state space, such as <c>shared</c>.</param>
/// <param name="Bytes">Its size; 0 where the launch says it.</param>
/// <param name="Alignment">What its address is a multiple of.</param>
/// <param name="Initial">What it holds at first; null for nothing.</param>
sealed record PtxVariable(string Name, string Space, int Bytes, int Alignment, byte[]? Initial)
{
    /// <summary>Where it starts in its state space, of local memory and parameters in the frame of its function.</summary>
    internal ulong Address { get; set; }
}
