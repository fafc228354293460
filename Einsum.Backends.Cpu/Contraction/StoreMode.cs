namespace EinsumNet.Backends.Cpu;

/// <summary>How a register tile goes to the result.</summary>
enum StoreMode
{
    /// <summary>It replaces what was there.</summary>
    Write,

    /// <summary>It is added to what earlier blocks of the depth gave.</summary>
    Add,

    /// <summary>As <see cref="Write"/>, past the caches: whole aligned cache lines, written once, of a result that no cache holds.</summary>
    Stream,
}
