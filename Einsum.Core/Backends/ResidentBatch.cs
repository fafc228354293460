namespace EinsumNet;

/// <summary>
/// Many runs whose results stay in a backend's memory, and which nobody waits for: each is first gathered or checked, then everything is enqueued. Used by one thread.
/// </summary>
abstract class ResidentBatch : IDisposable
{
    /// <summary>
    /// Copies memory of the host of which several runs read parts, once, and gives the address that stands for the copy in what runs are given; the same address where nothing was copied.
    /// </summary>
    /// <exception cref="EinsumException">There is no room (EIN0704).</exception>
    internal abstract nint Upload(nint address, long bytes);

    /// <summary>
    /// Takes in a run of the operands, which may change once this returns, with its result at the last address; false where it is to be enqueued by itself, for which there is room then, unless other threads take it meanwhile.
    /// </summary>
    /// <exception cref="EinsumException">A tensor is no longer, or not, in this memory (EIN0706), or there is no room (EIN0704).</exception>
    internal abstract bool TryGather(Executable executable, ReadOnlySpan<nint> addresses);

    /// <summary>Enqueues what was gathered; where there is no room for it (EIN0704), nothing is enqueued.</summary>
    internal abstract void Launch();

    /// <summary>After <see cref="Launch"/>, enqueues a run that was not gathered; its operands may change once this returns.</summary>
    internal abstract void Enqueue(Executable executable, ReadOnlySpan<nint> addresses);

    /// <summary>Frees what was gathered on the host; what was enqueued goes on.</summary>
    public abstract void Dispose();
}
