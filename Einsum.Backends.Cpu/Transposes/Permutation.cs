using System.Buffers.Binary;
using System.Numerics;

namespace EinsumNet.Backends.Cpu;

/// <summary>How the vectors of a run of the result are put together from vectors of the operand: the same way in every run.</summary>
sealed unsafe class Permutation
{
    /// <summary>Runs of the result, which begin with a line again after a few short axes; the tables of what they are put together from stay in the first cache.</summary>
    const int MostRunBytes = 1 << 11, MostSteps = 1 << 8;

    readonly byte[] _table;
    readonly nint _indices;

    Permutation(AxisRun run, int[] counts, nint[] sources, byte[] table, nint indices) => (Run, Counts, Sources, _table, _indices) = (run, counts, sources, table, indices);

    internal AxisRun Run { get; }

    /// <summary>For each vector of the run, how many of the operand it has pieces of.</summary>
    internal int[] Counts { get; }

    /// <summary>Where these begin, in bytes from the operand's first element of the run.</summary>
    internal nint[] Sources { get; }

    /// <summary>A vector of indices for each, aligned; lives as long as this does.</summary>
    internal byte* Indices => (byte*)_indices;

    /// <summary>Bytes of a run; 0 where the result has no neighbours.</summary>
    internal static int RunBytes(KernelPlan plan) => AxisRun.Of(plan, 1, MostRunBytes / plan.Element.Size(), 1) is { } run ? run.Length * plan.Element.Size() : 0;

    /// <summary>Null where the operand has less than a vector in a run, or more steps are needed than so many per element.</summary>
    internal static Permutation? Of<V, TPermute>(KernelPlan plan, double steps) where V : unmanaged where TPermute : struct, IPermute<V>
    {
        var (size, lanes) = (plan.Element.Size(), sizeof(V) / TPermute.PieceBytes);
        var pieces = size / TPermute.PieceBytes;
        var run = AxisRun.Of(plan, 1, MostRunBytes / size, Math.Max(1, lanes / pieces))!;
        var offsets = run.Offsets(0);
        var most = (offsets.Max() + 1) * pieces - lanes;
        if (most < 0 || offsets.Min() < 0) return null;

        var counts = new int[(run.Length * pieces + lanes - 1) / lanes];
        var sources = new List<nint>();
        var indices = new List<uint>();
        Span<nint> places = stackalloc nint[lanes];
        for (var vector = 0; vector < counts.Length; vector++)
        {
            // The last vector begins within the one before.
            var first = Math.Min(vector * lanes, run.Length * pieces - lanes);
            for (var lane = 0; lane < lanes; lane++)
            {
                var (element, piece) = Math.DivRem(first + lane, pieces);
                places[lane] = offsets[element] * pieces + piece;
            }
            for (var left = ulong.MaxValue >> (64 - lanes); left != 0; counts[vector]++)
            {
                if (sources.Count >= Math.Min(MostSteps, steps * run.Length)) return null;
                var source = nint.MaxValue;
                for (var rest = left; rest != 0; rest &= rest - 1) source = Math.Min(source, places[BitOperations.TrailingZeroCount(rest)]);
                // No vector reaches beyond the last element of the run.
                source = Math.Min(source, most);
                for (var lane = 0; lane < lanes; lane++)
                {
                    var takes = (left >> lane & 1) != 0 && places[lane] < source + lanes;
                    indices.Add(takes ? TPermute.Take((int)(places[lane] - source)) : TPermute.Keep(lane));
                    if (takes) left &= ~(1UL << lane);
                }
                sources.Add(source * TPermute.PieceBytes);
            }
        }

        var table = GC.AllocateArray<byte>(indices.Count * TPermute.PieceBytes + sizeof(V), pinned: true);
        fixed (byte* start = table)
        {
            var skipped = (int)(-(nint)start & (sizeof(V) - 1));
            for (var i = 0; i < indices.Count; i++)
            {
                var index = table.AsSpan(skipped + i * TPermute.PieceBytes);
                if (TPermute.PieceBytes == 1) index[0] = (byte)indices[i];
                else if (TPermute.PieceBytes == 2) BinaryPrimitives.WriteUInt16LittleEndian(index, (ushort)indices[i]);
                else BinaryPrimitives.WriteUInt32LittleEndian(index, indices[i]);
            }
            return new(run, counts, [.. sources], table, (nint)start + skipped);
        }
    }
}
