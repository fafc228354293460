using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>
/// A dense row-major tensor in the memory of a backend's device: an operand of calls on that backend, and a destination. Dispose it to give the memory back.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class ResidentTensor<T> : IDisposable where T : unmanaged
{
    internal ResidentTensor(Shape shape) => Shape = shape;

    /// <summary>The sizes of the axes; [] for a scalar.</summary>
    public Shape Shape { get; }

    /// <summary>The backend whose memory it lies in.</summary>
    public abstract EinsumBackend Backend { get; }

    /// <summary>An address that stands for the first element; no host memory is there.</summary>
    /// <exception cref="EinsumException">The tensor is disposed (EIN0706).</exception>
    internal abstract nint Address { get; }

    /// <summary>Copies the elements of a tensor of the same size on the same device.</summary>
    internal abstract void CopyFrom(ResidentTensor<T> source);

    /// <summary>The elements in a new tensor on the host, of shape [1] for a scalar; waits for all that writes them.</summary>
    /// <exception cref="EinsumException">The tensor is disposed (EIN0706), or the device failed.</exception>
    public abstract Tensor<T> ToHost();

    /// <summary>As <see cref="ToHost"/>, without waiting; the tensor may be disposed, or written to, once this returns.</summary>
    /// <exception cref="EinsumException">The tensor is disposed (EIN0706).</exception>
    public abstract Task<Tensor<T>> ToHostAsync();

    /// <summary>
    /// Gives the memory back, which calls that start after this may be given. Work that is enqueued still uses it before they do; a call with this tensor that is under way in another thread
    /// must have returned.
    /// </summary>
    public abstract void Dispose();
}
