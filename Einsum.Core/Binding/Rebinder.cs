namespace EinsumNet;

/// <summary>
/// Gives a bound equation other sizes without binding it anew: possible where the same axes have size 1 and the sizes agree.
/// <code>ij,jk->ik i=3 j=4 k=5   [7, 8] [8, 9]   --->   ij,jk->ik i=7 j=8 k=9</code>
/// </summary>
static class Rebinder
{
    /// <summary>The equation with the new sizes, or null where it has to be bound from the text, if only to say what is wrong.</summary>
    internal static BoundEquation? TryResize(BoundEquation bound, Shape[] shapes)
    {
        Span<long> sizes = bound.Labels.Length <= 64 ? stackalloc long[64] : new long[bound.Labels.Length];
        sizes = sizes[..bound.Labels.Length];
        sizes.Fill(-1);
        for (var operand = 0; operand < shapes.Length; operand++)
        {
            var (axes, shape) = (bound.Inputs[operand], shapes[operand]);
            if (axes.Length != shape.Rank) return null;
            for (var axis = 0; axis < axes.Length; axis++)
            {
                var (label, size) = (axes[axis], shape[axis]);
                if ((label == BoundEquation.NoLabel) != (size == 1)) return null;
                if (label == BoundEquation.NoLabel) continue;
                if (size < 0 || sizes[label] >= 0 && sizes[label] != size) return null;
                sizes[label] = size;
            }
        }
        var labels = new BoundLabel[sizes.Length];
        for (var label = 0; label < labels.Length; label++)
        {
            // A label that no operand has got its size from the options, and keeps it.
            labels[label] = bound.Labels[label];
            if (sizes[label] >= 0) labels[label] = labels[label] with { Size = sizes[label] };
        }
        var output = new long[bound.Output.Length];
        for (var axis = 0; axis < output.Length; axis++) output[axis] = bound.Output[axis] == BoundEquation.NoLabel ? 1 : labels[bound.Output[axis]].Size;
        return bound with { Shapes = [.. shapes], Labels = [.. labels], OutputShape = Shape.Create(output) };
    }
}
