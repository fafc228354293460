using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// Where an operand's neighbours lie along the depth: steps p, p + <see cref="Distance"/>, p + 2 * <see cref="Distance"/>, ... of a stretch, for each p
/// below the distance, are <see cref="Lanes"/> neighbours. A distance of 1 is a run; another one comes of several contracted loops.
/// </summary>
readonly record struct DepthLanes(int Distance, int Lanes)
{
    /// <summary>Longer distances are not looked for.</summary>
    const int MostDistance = 128;

    /// <summary>How many steps the stretch has.</summary>
    internal int Count => Distance * Lanes;

    /// <summary>The stretch that begins with the first step; of one lane where neighbours are not near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe DepthLanes Find(nint* steps, int depth, int mostDistance = MostDistance)
    {
        var distance = 1;
        while (distance < Math.Min(depth, mostDistance) && steps[distance] != steps[0] + 1) distance++;
        if (distance >= Math.Min(depth, mostDistance)) return new DepthLanes(1, 1);
        if (distance == 1) return new DepthLanes(1, Offsets.Run(steps, depth));
        var lanes = 1;
        while ((lanes + 1) * distance <= depth && IsLane(steps, distance, lanes)) lanes++;
        return new DepthLanes(distance, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe bool IsLane(nint* steps, int distance, int lane)
    {
        for (var i = 0; i < distance; i++)
            if (steps[lane * distance + i] != steps[i] + lane) return false;

        return true;
    }
}
