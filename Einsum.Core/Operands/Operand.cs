using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>
/// One operand of a call: a scalar, an array, a <see cref="Tensor{T}"/>, or memory with a shape and strides. Made by implicit conversion; it
/// refers to the caller's memory and copies nothing.
/// </summary>
/// <typeparam name="T">The element type: float, double, Half, an integer, Complex or bool.</typeparam>
public readonly struct Operand<T> where T : unmanaged
{
    /// <summary>What <see cref="_source"/> is, so that no call has to ask its type.</summary>
    enum Kind : byte { Scalar, Tensor, Vector, Matrix, Array, Memory, Resident }

    readonly object? _source;
    readonly T _scalar;
    readonly Kind _kind;

    Operand(object source, Kind kind) => (_source, _kind) = (source, kind);

    Operand(T scalar) => _scalar = scalar;

    /// <summary>An operand of the given shape over dense row-major memory.</summary>
    /// <param name="memory">At least as many elements as the shape has.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="EinsumException">The memory is too short, or a size is negative.</exception>
    public Operand(ReadOnlyMemory<T> memory, Shape shape) : this(StridedMemory<T>.Dense(memory, shape), Kind.Memory) { }

    /// <summary>An operand of the given shape over memory with any non-negative strides.</summary>
    /// <param name="memory">The memory that holds every element.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="strides">Per axis, how many elements of memory lie between neighbours; 0 repeats one element.</param>
    /// <param name="offset">The position of the first element in the memory.</param>
    /// <exception cref="EinsumException">The memory is too short, a size, stride or the offset is negative, or the strides are not one per axis.</exception>
    public Operand(ReadOnlyMemory<T> memory, Shape shape, ReadOnlySpan<long> strides, long offset = 0)
        : this(StridedMemory<T>.Strided(memory, shape, strides, offset), Kind.Memory) { }

    /// <summary>A scalar.</summary>
    public static implicit operator Operand<T>(T scalar) => new(scalar);

    /// <summary>A vector.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator Operand<T>(T[] vector) => new(NotNull(vector), Kind.Vector);

    /// <summary>A matrix.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator Operand<T>(T[,] matrix) => new(NotNull(matrix), Kind.Matrix);

    /// <summary>An array of rank 3.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator Operand<T>(T[,,] array) => new(NotNull(array), Kind.Array);

    /// <summary>An array of rank 4.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public static implicit operator Operand<T>(T[,,,] array) => new(NotNull(array), Kind.Array);

    /// <summary>A tensor with any strides; a tensor of shape [1] also stands for a scalar, which the platform's tensor cannot be.</summary>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    public static implicit operator Operand<T>(Tensor<T> tensor) =>
        // The platform's only tensor of rank 0 is the empty one, which is no scalar.
        NotNull(tensor).Rank == 0 ? new(Array.Empty<T>(), Kind.Vector) : new(tensor, Kind.Tensor);

    /// <summary>A tensor in a device's memory.</summary>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    public static implicit operator Operand<T>(ResidentTensor<T> tensor) => new(NotNull(tensor), Kind.Resident);

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape
    {
        get
        {
            Span<nint> layout = Rank <= 16 ? stackalloc nint[2 * Rank] : new nint[2 * Rank];
            WriteLayout(layout);
            return Shape.Create((ReadOnlySpan<nint>)layout[..Rank]);
        }
    }

    /// <summary>Whether the elements lie in a device's memory.</summary>
    internal bool IsResident => _kind == Kind.Resident;

    internal int Rank => _kind switch
    {
        Kind.Scalar => 0,
        Kind.Tensor => Unsafe.As<Tensor<T>>(_source)!.Rank,
        Kind.Vector => 1,
        Kind.Matrix => 2,
        Kind.Array => Unsafe.As<Array>(_source)!.Rank,
        Kind.Resident => Unsafe.As<ResidentTensor<T>>(_source)!.Shape.Rank,
        _ => Unsafe.As<StridedMemory<T>>(_source)!.Rank,
    };

    /// <summary>Writes the sizes and then the strides, Rank of each; the stride of an axis of size 1 is written as it is.</summary>
    internal void WriteLayout(Span<nint> layout)
    {
        switch (_kind)
        {
            case Kind.Scalar:
                return;
            case Kind.Tensor:
                var tensor = Unsafe.As<Tensor<T>>(_source)!;
                var (lengths, strides) = (0, tensor.Rank);
                foreach (var length in tensor.Lengths) layout[lengths++] = length;
                foreach (var stride in tensor.Strides) layout[strides++] = stride;
                return;
            case Kind.Vector:
                layout[0] = Unsafe.As<T[]>(_source)!.Length;
                layout[1] = 1;
                return;
            case Kind.Matrix:
                var matrix = Unsafe.As<T[,]>(_source)!;
                layout[0] = matrix.GetLength(0);
                layout[1] = matrix.GetLength(1);
                layout[2] = layout[1];
                layout[3] = 1;
                return;
            case Kind.Array:
                WriteArrayLayout(Unsafe.As<Array>(_source)!, layout);
                return;
            case Kind.Resident:
                WriteDenseLayout(Unsafe.As<ResidentTensor<T>>(_source)!.Shape, layout);
                return;
            default:
                Unsafe.As<StridedMemory<T>>(_source)!.WriteLayout(layout);
                return;
        }
    }

    /// <summary>Whether <see cref="WriteLayout"/> would write these words.</summary>
    internal bool HasLayout(ReadOnlySpan<nint> layout)
    {
        switch (_kind)
        {
            case Kind.Tensor:
                var tensor = Unsafe.As<Tensor<T>>(_source)!;
                return layout[..tensor.Rank].SequenceEqual(tensor.Lengths) && layout[tensor.Rank..].SequenceEqual(tensor.Strides);
            case Kind.Memory:
                return Unsafe.As<StridedMemory<T>>(_source)!.HasLayout(layout);
            case Kind.Resident:
                return IsDenseLayout(Unsafe.As<ResidentTensor<T>>(_source)!.Shape, layout);
            default:
                // Arrays have four axes at most.
                Span<nint> own = stackalloc nint[8];
                own = own[..layout.Length];
                WriteLayout(own);
                return layout.SequenceEqual(own);
        }
    }

    static void WriteArrayLayout(Array array, Span<nint> layout)
    {
        nint stride = 1;
        for (var axis = array.Rank - 1; axis >= 0; axis--)
        {
            layout[axis] = array.GetLength(axis);
            layout[array.Rank + axis] = stride;
            stride *= layout[axis];
        }
    }

    static void WriteDenseLayout(Shape shape, Span<nint> layout)
    {
        nint stride = 1;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            layout[axis] = (nint)shape[axis];
            layout[shape.Rank + axis] = stride;
            stride *= layout[axis];
        }
    }

    static bool IsDenseLayout(Shape shape, ReadOnlySpan<nint> layout)
    {
        nint stride = 1;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (layout[axis] != shape[axis] || layout[shape.Rank + axis] != stride) return false;
            stride *= layout[axis];
        }
        return true;
    }

    /// <summary>The first element, to be read; a null reference where there is none. A scalar's lies in this struct.</summary>
    /// <exception cref="EinsumException">The elements are on a device (EIN0706).</exception>
    [UnscopedRef]
    internal ref readonly T First
    {
        get
        {
            if (IsResident) throw GpuErrors.Resident("its elements are on the device, and are read on the host here; ToHost() copies them");
            return ref Start;
        }
    }

    /// <summary>As <see cref="First"/>; for a tensor on a device, the address that stands for it, where nothing can be read.</summary>
    [UnscopedRef]
    internal unsafe ref readonly T Start
    {
        get
        {
            switch (_kind)
            {
                case Kind.Scalar:
                    return ref _scalar;
                case Kind.Tensor:
                    return ref Unsafe.As<Tensor<T>>(_source)!.GetPinnableReference();
                case Kind.Vector:
                    return ref MemoryMarshal.GetArrayDataReference(Unsafe.As<T[]>(_source)!);
                case Kind.Matrix or Kind.Array:
                    return ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(Unsafe.As<Array>(_source)!));
                case Kind.Resident:
                    return ref Unsafe.AsRef<T>((void*)Unsafe.As<ResidentTensor<T>>(_source)!.Address);
                default:
                    return ref Unsafe.As<StridedMemory<T>>(_source)!.First;
            }
        }
    }

    /// <summary>Keeps what holds the elements until here: a tensor on a device is not pinned by its address, and gives its memory back when it is collected.</summary>
    internal void KeepAlive() => GC.KeepAlive(_source);

    /// <summary>The same of all of them.</summary>
    internal static void KeepAlive(ReadOnlySpan<Operand<T>> operands)
    {
        foreach (ref readonly var operand in operands) operand.KeepAlive();
    }

    static TSource NotNull<TSource>(TSource source, [CallerArgumentExpression(nameof(source))] string? name = null) where TSource : class
    {
        ArgumentNullException.ThrowIfNull(source, name);
        return source;
    }
}
