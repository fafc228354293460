namespace EinsumNet.Backends.Cpu.Tests;

/// <summary>Loop lists of every form that a pairwise contraction may have, from a seed.</summary>
static class RandomLoops
{
    internal static IReadOnlyList<Loop> Contraction(int seed)
    {
        var random = new Random(seed);
        LoopRole[] roles =
        [
            .. Enumerable.Repeat(LoopRole.Batch, random.Next(3)),
            .. Enumerable.Repeat(LoopRole.Left, random.Next(1, 4)),
            .. Enumerable.Repeat(LoopRole.Right, random.Next(1, 4)),
            .. Enumerable.Repeat(LoopRole.Contracted, random.Next(1, 4)),
        ];
        var extents = roles.Select(role => role == LoopRole.Batch ? random.Next(2, 4) : Extent(random)).ToArray();
        var a = Strides(random, roles, extents, role => role != LoopRole.Right, mayRepeat: true);
        var b = Strides(random, roles, extents, role => role != LoopRole.Left, mayRepeat: true);
        var c = Strides(random, roles, extents, role => role != LoopRole.Contracted, mayRepeat: false);
        return [.. roles.Select((role, i) => new Loop(extents[i], role, [a[i], b[i], c[i]]))];
    }

    static int Extent(Random random) => random.Next(4) switch { 0 => random.Next(2, 4), 1 => random.Next(5, 20), _ => random.Next(2, 9) };

    /// <summary>Strides of a tensor whose axes lie in random order, perhaps with gaps; an operand may also be broadcast along an axis.</summary>
    static long[] Strides(Random random, LoopRole[] roles, int[] extents, Func<LoopRole, bool> has, bool mayRepeat)
    {
        var strides = new long[roles.Length];
        var axes = Enumerable.Range(0, roles.Length).Where(i => has(roles[i])).ToArray();
        random.Shuffle(axes);
        long stride = random.Next(4) == 0 ? random.Next(2, 4) : 1;
        foreach (var axis in axes)
        {
            if (mayRepeat && random.Next(12) == 0) continue;
            strides[axis] = stride;
            stride *= extents[axis];
            if (random.Next(4) == 0) stride += random.Next(1, 4);
        }

        return strides;
    }
}
