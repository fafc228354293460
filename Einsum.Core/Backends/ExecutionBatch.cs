namespace EinsumNet;

/// <summary>Many runs that a backend takes in as one: added one after the other, awaited together. Used by one thread.</summary>
abstract class ExecutionBatch : IDisposable
{
    /// <summary>
    /// Copies memory of the host of which several runs read parts, once, and gives the address that stands for the copy in what runs are given; the same address where nothing was copied.
    /// </summary>
    /// <exception cref="EinsumException">There is no room (EIN0704).</exception>
    internal abstract nint Upload(nint address, long bytes);

    /// <summary>
    /// Takes in a run on the first elements of the operands, which may change once this returns; the last address is where the result will be copied to, and
    /// need not be right yet.
    /// </summary>
    internal abstract void Add(Executable executable, ReadOnlySpan<nint> addresses);

    /// <summary>Waits until all runs are done.</summary>
    internal abstract void Wait();

    /// <summary>After <see cref="Wait"/>, copies the result of the run that was added at <paramref name="index"/>.</summary>
    internal abstract void CopyResult(int index, nint address);

    /// <summary>Frees what the runs used, waiting for those that are under way.</summary>
    public abstract void Dispose();
}
