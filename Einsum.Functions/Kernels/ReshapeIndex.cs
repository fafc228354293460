using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>
/// The index of a reshape's operand, where each of its axes is a run of the result's axes; where axes were merged there is none.
/// <code>[6, 4] at (i, j, k) of [2, 3, 4]   --->   (3 i + j, k)</code>
/// </summary>
static class ReshapeIndex
{
    internal static ImmutableArray<Affine>? Of(Shape from, Shape to, ImmutableArray<Affine> index, int loops)
    {
        var result = ImmutableArray.CreateBuilder<Affine>();
        var axis = 0;
        foreach (var size in from)
        {
            var (place, covered) = (Affine.Zero(loops), 1L);
            while (covered < size)
            {
                if (axis == to.Rank) return null;
                place = place.Times(to[axis]).Plus(index[axis]);
                covered *= to[axis++];
            }
            if (covered != size) return null;
            result.Add(place);
        }
        for (; axis < to.Rank; axis++)
            if (to[axis] != 1) return null;
        return result.ToImmutable();
    }

    /// <summary>Whether there is one.</summary>
    internal static bool Exists(Shape from, Shape to) => Of(from, to, [.. to.Select(_ => Affine.Zero(0))], 0) is not null;
}
