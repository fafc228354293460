using System.Collections.Immutable;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Functions;

/// <summary>
/// Runs steps that follow each other through large intermediates block by block instead, so that the intermediates stay small.
/// <code>a[i, k] = f(x); y[i, j] = g(a)   --->   for each block of i: a[k] = f(x); y[j] = g(a)</code>
/// </summary>
sealed class BlockSteps
{
    /// <summary>Blocks come in multiples of so many.</summary>
    const long Shared = 4;

    readonly ImmutableArray<PlannedStep> _steps;
    readonly Buffers _buffers;
    readonly BlockLimits _limits;
    readonly Dictionary<int, int> _lastReader = [];

    BlockSteps(ImmutableArray<PlannedStep> steps, Buffers buffers, BlockLimits limits)
    {
        (_steps, _buffers, _limits) = (steps, buffers, limits);
        foreach (var (i, step) in steps.Index())
            foreach (var buffer in step.Reads) _lastReader[buffer] = i;
    }

    internal static ImmutableArray<PlannedStep> Run(ImmutableArray<PlannedStep> steps, Buffers buffers, BlockLimits limits)
    {
        for (var start = 0; start < steps.Length; start++)
            if (new BlockSteps(steps, buffers, limits).From(start) is { } made) (steps, start) = made;
        return steps;
    }

    /// <summary>The steps with a block that begins with this one, and where it stands; null where there is none, or it is not worth it.</summary>
    (ImmutableArray<PlannedStep> Steps, int Place)? From(int start)
    {
        var leading = BlockAccess.Leading(_steps[start]);
        if (leading.Length == 0 || leading.Contains(0)) return null;
        var (members, after) = (new List<int> { start }, new List<int>());
        for (var i = start + 1; i < _steps.Length; i++)
        {
            if (Follows(i, after)) after.Add(i);
            else if (Follows(i, members))
            {
                if (Joined(members, i, leading) is { } depth)
                {
                    members.Add(i);
                    leading = leading[..depth];
                }
                else after.Add(i);
            }
        }
        var locals = Locals(members);
        if (members.Count < 2 || locals.Sum(Bytes) <= _limits.Bytes || IsOneContraction(members, locals)) return null;
        leading = leading[..Depth(leading, locals)];
        // What neither joins nor follows comes first.
        var before = Enumerable.Range(start + 1, _steps.Length - start - 1).Except(members).Except(after).ToList();
        var made = Make(members, locals, leading);
        return ([.. _steps[..start], .. before.Select(i => _steps[i]), made, .. after.Select(i => _steps[i])], start + before.Count);
    }

    /// <summary>Whether a contraction's kernel asks for all that the others compute, and tells of what they go on with: it cuts blocks of its own, and packs what it packs once.</summary>
    bool IsOneContraction(List<int> members, List<int> locals) =>
        locals.Count == members.Count - 1 && PlanPasses.FuseContracts([.. members.Select(i => _steps[i])], _buffers) is [FusedContractPlan { InParts: true } or FusedContractPlan { After: null }];

    bool Follows(int step, List<int> others) => others.Any(other => _steps[other].Writes.Intersect(_steps[step].Reads).Any());

    long Bytes(int buffer) => _buffers.TypeOf(buffer).Count * _buffers.TypeOf(buffer).Element.Size();

    /// <summary>How many leading axes remain with the step among the members; null where it cannot be, or one entry would be too large.</summary>
    int? Joined(List<int> members, int step, long[] leading)
    {
        List<int> all = [.. members, step];
        var written = all.SelectMany(i => _steps[i].Writes).ToHashSet();
        var shared = written.Where(buffer => all.Any(i => _steps[i].Reads.Contains(buffer))).ToList();
        for (var depth = BlockAccess.Depth(_steps[step], leading); depth > 0; depth--)
        {
            if (!shared.All(buffer => all.All(i => BlockAccess.StaysInside(_steps[i], buffer, _buffers.TypeOf(buffer).Count, leading.AsSpan(0, depth))))) continue;
            var entries = leading.Take(depth).Aggregate(1L, (product, size) => product * size);
            return shared.Sum(Bytes) / entries <= _limits.Bytes ? depth : null;
        }
        return null;
    }

    /// <summary>Intermediates that nothing but the members reads or writes (a concatenation is written by several steps).</summary>
    List<int> Locals(List<int> members)
    {
        var inside = members.ToHashSet();
        return [.. members.SelectMany(i => _steps[i].Writes).Distinct().Where(buffer => buffer >= _buffers.FirstLocal
            && Enumerable.Range(0, _steps.Length).All(i => inside.Contains(i) || !_steps[i].Reads.Contains(buffer) && !_steps[i].Writes.Contains(buffer)))];
    }

    /// <summary>As few leading axes as give entries of which several fit into a block.</summary>
    int Depth(long[] leading, List<int> locals)
    {
        const long several = 16;
        var entries = 1L;
        for (var depth = 1; depth < leading.Length; depth++)
        {
            entries *= leading[depth - 1];
            if (locals.Sum(Bytes) / entries * Math.Min(several, leading[depth - 1]) <= _limits.Bytes) return depth;
        }
        return leading.Length;
    }

    BlockPlan Make(List<int> members, List<int> locals, long[] leading)
    {
        const long alignment = 64;
        var entries = leading.Aggregate(1L, (product, size) => product * size);
        var shares = InPlace(members, locals);
        var distinct = locals.Where(local => !shares.ContainsKey(local)).ToList();
        var least = members.Any(i => _steps[i] is ContractPlan) ? _limits.ContractionRows : 1;
        var rows = Math.Clamp(Math.Max(least, _limits.Bytes / Math.Max(1, distinct.Sum(Bytes) / entries)), 1, leading[^1]);
        // Blocks of one size, but for the last, and as many as threads can share evenly, if these are not too small.
        var cuts = (leading[^1] + rows - 1) / rows;
        if (cuts > 1) cuts = Math.Max(cuts, Math.Min((cuts + Shared - 1) / Shared * Shared, leading[^1] / least));
        rows = Math.Max(1, (leading[^1] + cuts - 1) / cuts);
        var placed = new Dictionary<int, BlockLocal>();
        var offset = 0L;
        foreach (var local in distinct)
        {
            placed[local] = new BlockLocal(local, Bytes(local) / entries, offset);
            offset += (Bytes(local) / entries * rows + alignment - 1) / alignment * alignment;
        }
        // In the order of writing, so that what a shared one shares has its place.
        foreach (var local in locals.Where(shares.ContainsKey)) placed[local] = placed[shares[local]] with { Buffer = local };
        return new BlockPlan([.. leading], rows, [.. members.Select(i => _steps[i])], [.. locals.Select(local => placed[local])]);
    }

    /// <summary>Which local is written over which other: element by element, by the last step that reads it.</summary>
    Dictionary<int, int> InPlace(List<int> members, List<int> locals)
    {
        var shares = new Dictionary<int, int>();
        foreach (var member in members)
        {
            if (_steps[member] is not NestPlan { Kernel: var kernel }) continue;
            var loads = kernel.Nodes.OfType<LoadExpr>().ToLookup(load => load.Buffer);
            foreach (var store in kernel.Stores)
            {
                if (!locals.Contains(store.Buffer)) continue;
                var over = locals.FirstOrDefault(local => _lastReader.GetValueOrDefault(local) == member && loads[local].Any() && !shares.ContainsValue(local) && Bytes(local) == Bytes(store.Buffer)
                    && loads[local].All(load => load.Place.Equals(store.Place) && load.Element.Size() == store.Value.Element.Size()), -1);
                if (over >= 0) shares[store.Buffer] = shares.GetValueOrDefault(over, over);
            }
        }
        return shares;
    }
}

/// <summary>How large blocks are.</summary>
/// <param name="Bytes">Intermediates beyond so many bytes are kept in blocks of so many.</param>
/// <param name="ContractionRows">A contraction packs its operands for each block, which pays for so many rows.</param>
readonly record struct BlockLimits(long Bytes, long ContractionRows)
{
    /// <summary>No intermediate is large.</summary>
    internal static BlockLimits None => new(long.MaxValue, 1);

    /// <summary>Half of the second-level cache; the other half is for what the kernels of contractions keep there.</summary>
    internal static BlockLimits Default => new(CacheSizes.Machine.L2 / 2, 64);
}
