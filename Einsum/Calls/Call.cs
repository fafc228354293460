using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>
/// An equation ready for operands of given sizes and strides: the executable and the shape of its result. Immutable and thread-safe.
/// </summary>
/// <param name="resultLengths">The sizes of the result's axes; [1] for a scalar, which the platform's tensor cannot be.</param>
/// <param name="executable">What runs.</param>
/// <param name="extents">Per operand and last the result, how many bytes lie from its first element to the end of its last.</param>
sealed unsafe class Call(nint[] resultLengths, Executable executable, long[] extents)
{
    /// <summary>Runs into a new tensor.</summary>
    internal Tensor<T> Eval<T>(ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var result = Tensor.CreateFromShapeUninitialized<T>(resultLengths);
        Run(operands, ref result.GetPinnableReference());
        return result;
    }

    /// <summary>Runs into memory that starts at <paramref name="result"/> and overlaps no operand.</summary>
    internal void Run<T>(ReadOnlySpan<Operand<T>> operands, ref T result) where T : unmanaged
    {
        const int onStack = 32;
        Span<nint> addresses = operands.Length < onStack ? stackalloc nint[onStack] : new nint[operands.Length + 1];
        addresses = addresses[..(operands.Length + 1)];
        fixed (T* pinned = &result)
        {
            addresses[operands.Length] = (nint)pinned;
            Pin(operands, addresses, 0);
        }
    }

    /// <summary>Pins one operand after the other, each in a frame of its own, and runs in the innermost.</summary>
    void Pin<T>(ReadOnlySpan<Operand<T>> operands, Span<nint> addresses, int next) where T : unmanaged
    {
        if (next == operands.Length)
        {
            executable.Run(addresses);
            return;
        }
        fixed (T* pinned = &operands[next].First)
        {
            addresses[next] = (nint)pinned;
            Pin(operands, addresses, next + 1);
        }
    }

    /// <summary>Whether the result's memory and some operand's may share an element.</summary>
    internal bool Overlaps<T>(ReadOnlySpan<Operand<T>> operands, ref T result) where T : unmanaged
    {
        // Both references may move between the look at one and the look at the other, so the distance is taken, which does not.
        for (var i = 0; i < operands.Length; i++)
        {
            var distance = (long)Unsafe.ByteOffset(ref Unsafe.AsRef(in operands[i].First), ref result);
            if (distance < extents[i] && -distance < extents[^1]) return true;
        }
        return false;
    }
}
