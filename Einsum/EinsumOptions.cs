using System.Collections.Frozen;
using EinsumNet.Backends.Cpu;

namespace EinsumNet;

/// <summary>How an engine plans and runs.</summary>
public sealed record EinsumOptions
{
    /// <summary>What runs the kernels; the CPU by default.</summary>
    public EinsumBackend Backend { get; init; } = CpuBackend.Default;

    /// <summary>What orders the contractions; exact up to 8 operands and greedy above by default.</summary>
    public IPathFinder PathFinder { get; init; } = EinsumNet.PathFinder.Auto;

    /// <summary>The most bytes that an intermediate may take, or null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The most threads that one call uses, at least 1; the processor's by default.</summary>
    public int MaxThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether a label may have size 1 in one operand and another size elsewhere.</summary>
    public Broadcasting Broadcasting { get; init; } = Broadcasting.NumPy;

    /// <summary>The type in which products are summed, at least as wide as the element type; null for the element type itself, and float for Half.</summary>
    public Type? AccumulateIn { get; init; }

    /// <summary>Whether a label may stand twice in the output: the result is then written on the diagonal, with zeros elsewhere.</summary>
    public bool OutputDiagonal { get; init; }

    /// <summary>Sizes of output labels that no operand has; the result is repeated along them.</summary>
    public IReadOnlyDictionary<string, long> Sizes { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Cancels running calls between steps and blocks.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How many plans the engine keeps, at least 1.</summary>
    public int CacheCapacity { get; init; } = 1024;

    internal BindingRules Rules => new(Broadcasting == Broadcasting.Strict, OutputDiagonal, Sizes.ToFrozenDictionary());

    internal RunSettings Settings => new(MaxThreads, Cancellation);

    /// <summary>EIN0305 where an option is out of its range.</summary>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Backend);
        ArgumentNullException.ThrowIfNull(PathFinder);
        ArgumentNullException.ThrowIfNull(Sizes);
        if (MaxThreads < 1) throw PlanErrors.OptionRange(nameof(MaxThreads), MaxThreads, "at least one thread runs");
        if (CacheCapacity < 1) throw PlanErrors.OptionRange(nameof(CacheCapacity), CacheCapacity, "at least one plan is kept");
        if (MemoryLimit < 0) throw PlanErrors.OptionRange(nameof(MemoryLimit), MemoryLimit, "a limit is not negative");
    }
}

/// <summary>What sizes 1 and n on one label mean.</summary>
public enum Broadcasting
{
    /// <summary>The axis of size 1 is repeated, as NumPy and PyTorch do.</summary>
    NumPy,

    /// <summary>They are an error.</summary>
    Strict,
}
