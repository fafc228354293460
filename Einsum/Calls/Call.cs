using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>
/// An equation ready for operands of given sizes and strides: the executable and the shape of its result. Immutable and thread-safe.
/// </summary>
/// <param name="resultShape">The sizes of the result's axes.</param>
/// <param name="executable">What runs.</param>
/// <param name="extents">Per operand and last the result, how many bytes lie from its first element to the end of its last.</param>
/// <param name="work">Iterations of all loop nests.</param>
/// <param name="panels">How it runs on a copy of an operand that many calls share, if it does.</param>
sealed unsafe class Call(Shape resultShape, Executable executable, nint[] extents, double work, Panels? panels = null)
{
    readonly nint[] _resultLengths = resultShape.Rank == 0 ? [1] : [.. resultShape.Select(size => (nint)size)];

    internal Panels? Panels => panels;

    internal Executable Executable => executable;

    internal double Work => work;

    /// <summary>How many bytes lie from the first element of an operand to the end of its last.</summary>
    internal long ExtentOf(int operand) => extents[operand];

    /// <summary>Whether kernels of its own may make the call faster.</summary>
    internal bool IsGeneral => executable.IsGeneral;

    internal Shape ResultShape => resultShape;

    /// <summary>The same of the platform's tensor: [1] for a scalar, which it cannot be.</summary>
    internal ReadOnlySpan<nint> ResultLengths => _resultLengths;

    /// <summary>Runs on memory that the caller has pinned.</summary>
    internal void Run(ReadOnlySpan<nint> addresses) => executable.Run(addresses);

    /// <summary>Runs into a new tensor.</summary>
    internal Tensor<T> Eval<T>(ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var result = Tensor.CreateFromShapeUninitialized<T>(_resultLengths);
        // New memory overlaps nothing.
        _ = TryRun(operands, ref result.GetPinnableReference());
        return result;
    }

    /// <summary>The same for two operands.</summary>
    internal bool TryRun<T>(in Operand<T> left, in Operand<T> right, ref T result) where T : unmanaged
    {
        fixed (T* pinned = &result, first = &left.Start, second = &right.Start)
        {
            ReadOnlySpan<nint> addresses = [(nint)first, (nint)second, (nint)pinned];
            var isDone = RunPinned(addresses);
            left.KeepAlive();
            right.KeepAlive();
            return isDone;
        }
    }

    /// <summary>The same with what stands for operand <paramref name="shared"/> of the two at an address, which nothing overlaps.</summary>
    internal bool TryRun<T>(Executable product, in Operand<T> other, int shared, nint address, ref T result) where T : unmanaged
    {
        fixed (T* pinned = &result, first = &other.Start)
        {
            ReadOnlySpan<nint> addresses = shared == 0 ? [address, (nint)first, (nint)pinned] : [(nint)first, address, (nint)pinned];
            if ((nint)pinned < (nint)first + extents[1 - shared] && (nint)first < (nint)pinned + extents[^1]) return false;
            product.Run(addresses);
            other.KeepAlive();
            return true;
        }
    }

    /// <summary>Runs into memory that starts at <paramref name="result"/>; false, with nothing written, where that overlaps an operand.</summary>
    internal bool TryRun<T>(ReadOnlySpan<Operand<T>> operands, ref T result) where T : unmanaged
    {
        const int onStack = 16;
        fixed (T* pinned = &result)
        {
            Span<nint> addresses = operands.Length < onStack ? stackalloc nint[onStack] : new nint[operands.Length + 1];
            addresses = addresses[..(operands.Length + 1)];
            addresses[^1] = (nint)pinned;
            bool isDone;
            if (operands.Length != 2) isDone = Pin(operands, addresses, 0);
            else
                fixed (T* left = &operands[0].Start, right = &operands[1].Start)
                {
                    addresses[0] = (nint)left;
                    addresses[1] = (nint)right;
                    isDone = RunPinned(addresses);
                }
            Operand<T>.KeepAlive(operands);
            return isDone;
        }
    }

    /// <summary>Pins one operand after the other, each in a frame of its own, and runs in the innermost.</summary>
    bool Pin<T>(ReadOnlySpan<Operand<T>> operands, Span<nint> addresses, int next) where T : unmanaged
    {
        if (next == operands.Length) return RunPinned(addresses);
        fixed (T* pinned = &operands[next].Start)
        {
            addresses[next] = (nint)pinned;
            return Pin(operands, addresses, next + 1);
        }
    }

    /// <summary>Runs into memory of the backend's own, of the layout that the call was made for, which may overlap operands.</summary>
    internal void RunInto<T>(ReadOnlySpan<Operand<T>> operands, ResidentTensor<T> destination) where T : unmanaged
    {
        if (!TryRun(operands, ref Unsafe.AsRef<T>((void*)destination.Address)))
        {
            using var aside = destination.Backend.NewResident<T>(destination.Shape);
            _ = TryRun(operands, ref Unsafe.AsRef<T>((void*)aside.Address));
            destination.CopyFrom(aside);
        }
        GC.KeepAlive(destination);
    }

    /// <summary>Starts into memory that stays where it is; null where the backend is no queue, and nothing was done.</summary>
    internal Task? Start<T>(ReadOnlySpan<Operand<T>> operands, nint result) where T : unmanaged => WithPinned(operands, result, addresses => executable.RunAsync(addresses));

    /// <summary>Adds itself to a batch; the batch copies the result when it is done.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="operands">The operands.</param>
    /// <param name="copies">Per operand the address that stands for it, 0 where it is read as it is.</param>
    internal void AddTo<T>(ExecutionBatch batch, ReadOnlySpan<Operand<T>> operands, nint[] copies) where T : unmanaged => WithPinned(operands, 0, addresses =>
    {
        batch.Add(executable, addresses);
        return true;
    }, copies);

    /// <summary>Adds itself with memory that the caller has pinned.</summary>
    internal void AddTo(ExecutionBatch batch, ReadOnlySpan<nint> addresses) => batch.Add(executable, addresses);

    /// <summary>Gathers itself into a batch, see <see cref="ResidentBatch.TryGather"/>, with its result at an address in the backend's memory.</summary>
    internal bool TryGather<T>(ResidentBatch batch, ReadOnlySpan<Operand<T>> operands, nint[] copies, nint result) where T : unmanaged => WithPinned(operands, result, addresses => batch.TryGather(executable, addresses), copies);

    /// <summary>Enqueues itself where it was not gathered.</summary>
    internal void Enqueue<T>(ResidentBatch batch, ReadOnlySpan<Operand<T>> operands, nint[] copies, nint result) where T : unmanaged => WithPinned(operands, result, addresses =>
    {
        batch.Enqueue(executable, addresses);
        return true;
    }, copies);

    /// <summary>The same with memory that the caller has pinned.</summary>
    internal bool TryGather(ResidentBatch batch, ReadOnlySpan<nint> addresses) => batch.TryGather(executable, addresses);

    /// <summary>Enqueues itself with memory that the caller has pinned.</summary>
    internal void Enqueue(ResidentBatch batch, ReadOnlySpan<nint> addresses) => batch.Enqueue(executable, addresses);

    /// <summary>Hands on the addresses of the operands, pinned meanwhile, or of what stands for them, and of the result.</summary>
    static TResult WithPinned<T, TResult>(ReadOnlySpan<Operand<T>> operands, nint result, Func<nint[], TResult> action, nint[]? copies = null) where T : unmanaged
    {
        var addresses = new nint[operands.Length + 1];
        addresses[^1] = result;
        var given = Pin(operands, 0);
        Operand<T>.KeepAlive(operands);
        return given;

        TResult Pin(ReadOnlySpan<Operand<T>> operands, int next)
        {
            if (next == operands.Length) return action(addresses);
            fixed (T* pinned = &operands[next].Start)
            {
                addresses[next] = copies is not null && copies[next] != 0 ? copies[next] : (nint)pinned;
                return Pin(operands, next + 1);
            }
        }
    }

    bool RunPinned(ReadOnlySpan<nint> addresses)
    {
        var result = addresses[^1];
        for (var i = 0; i < addresses.Length - 1; i++)
            if (result < addresses[i] + extents[i] && addresses[i] < result + extents[^1]) return false;
        executable.Run(addresses);
        return true;
    }
}
