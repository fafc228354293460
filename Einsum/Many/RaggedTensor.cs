using System.Buffers;
using System.Collections;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet;

/// <summary>
/// Rows of different lengths behind each other: row i holds the entries <c>Offsets[i]</c> to <c>Offsets[i + 1] - 1</c> along the first axis, each of
/// shape <see cref="EntryShape"/>. Offsets and values lie in one allocation. A list of operands, one per row of shape [length, entry...].
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class RaggedTensor<T> : IReadOnlyList<Operand<T>> where T : unmanaged
{
    readonly byte[] _storage;

    RaggedTensor(ReadOnlySpan<long> offsets, Shape entryShape)
    {
        Check(offsets);
        EntryShape = entryShape;
        EntryElements = entryShape.ElementCount is { } count and <= int.MaxValue ? (int)count : throw RunErrors.MemoryShape(entryShape);
        var bytes = (Int128)offsets.Length * sizeof(long) + (Int128)offsets[^1] * EntryElements * Unsafe.SizeOf<T>();
        if (bytes > Array.MaxLength) throw RunErrors.MemoryShape([offsets[^1], .. entryShape]);
        _storage = new byte[(int)bytes];
        offsets.CopyTo(MemoryMarshal.Cast<byte, long>(_storage.AsSpan()));
        Count = offsets.Length - 1;
    }

    /// <summary>Copies values whose rows end at the offsets.</summary>
    /// <param name="values">The entries of all rows, behind each other.</param>
    /// <param name="offsets">Where each row starts, counted in entries, from 0, and at last where all end: one more than there are rows.</param>
    /// <param name="entryShape">The shape of one entry; [] where a row is a vector.</param>
    /// <exception cref="EinsumException">The offsets do not start at 0, descend, or do not end with the values (EIN0608).</exception>
    public static RaggedTensor<T> Create(ReadOnlySpan<T> values, ReadOnlySpan<long> offsets, Shape entryShape = default)
    {
        var tensor = new RaggedTensor<T>(offsets, entryShape);
        if (values.Length != tensor.Values.Length) throw ManyErrors.RaggedOffsets($"they hold {tensor.Values.Length} elements, and there are {values.Length}");
        values.CopyTo(tensor.Values);
        return tensor;
    }

    /// <summary>Copies a jagged array; each row is a vector.</summary>
    /// <exception cref="ArgumentNullException">A row is null.</exception>
    public static RaggedTensor<T> FromRows(IReadOnlyList<T[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var tensor = new RaggedTensor<T>(OffsetsOf(rows.Count, row => rows[row]?.Length ?? throw new ArgumentNullException(nameof(rows))), []);
        for (var row = 0; row < rows.Count; row++) rows[row].CopyTo(tensor.Row(row));
        return tensor;
    }

    /// <summary>Copies tensors that agree on all axes but the first.</summary>
    /// <exception cref="EinsumException">They do not agree, or one has no axis (EIN0608).</exception>
    public static RaggedTensor<T> FromRows(IReadOnlyList<Tensor<T>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Shape entry = [];
        for (var row = 0; row < rows.Count; row++)
        {
            ArgumentNullException.ThrowIfNull(rows[row], nameof(rows));
            if (rows[row].Rank == 0) throw ManyErrors.RaggedOffsets($"row {row} has no axis");
            var shape = Shape.Create(rows[row].Lengths[1..]);
            if (row > 0 && shape != entry) throw ManyErrors.RaggedOffsets($"the entries of row {row} have shape {shape}, and those of row 0 {entry}");
            entry = shape;
        }
        var tensor = new RaggedTensor<T>(OffsetsOf(rows.Count, row => rows[row].Lengths[0]), entry);
        for (var row = 0; row < rows.Count; row++) rows[row].FlattenTo(tensor.Row(row));
        return tensor;
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>The shape of one entry of a row; [] where rows are vectors.</summary>
    public Shape EntryShape { get; }

    int EntryElements { get; }

    /// <summary>The rows' operands, made when they are first asked for.</summary>
    Operand<T>[] Rows => field ??= MakeRows();

    /// <summary>Where each row starts, in entries, and at last where all end.</summary>
    public ReadOnlySpan<long> Offsets => MemoryMarshal.Cast<byte, long>(_storage.AsSpan())[..(Count + 1)];

    /// <summary>The elements of all rows, behind each other.</summary>
    public Span<T> Values => MemoryMarshal.Cast<byte, T>(_storage.AsSpan((Count + 1) * sizeof(long)));

    /// <summary>The operand of one row, of shape [length, entry...].</summary>
    public Operand<T> this[int row] => Rows[row];

    /// <summary>How many entries a row has.</summary>
    public long RowLength(int row) => Offsets[row + 1] - Offsets[row];

    /// <summary>The elements of one row.</summary>
    public Span<T> Row(int row) => Values[(int)(Offsets[row] * EntryElements)..(int)(Offsets[row + 1] * EntryElements)];

    /// <summary>All rows as one operand of shape [entries, entry...].</summary>
    public Operand<T> AsOperand() => new(new Storage(this).Memory, [Offsets[^1], .. EntryShape]);

    /// <summary>Copies the rows' elements into a jagged array.</summary>
    public T[][] ToJaggedArray() => [.. Enumerable.Range(0, Count).Select(row => Row(row).ToArray())];

    /// <summary>Copies the rows into tensors of shape [length, entry...].</summary>
    public Tensor<T>[] ToTensors() =>
        [.. Enumerable.Range(0, Count).Select(row => Tensor.Create(Row(row).ToArray(), [(nint)RowLength(row), .. EntryShape.Select(size => (nint)size)]))];

    /// <summary>The rows' operands.</summary>
    public IEnumerator<Operand<T>> GetEnumerator() => ((IEnumerable<Operand<T>>)Rows).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    Operand<T>[] MakeRows()
    {
        var memory = new Storage(this).Memory;
        var rows = new Operand<T>[Count];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = new Operand<T>(memory[(int)(Offsets[row] * EntryElements)..(int)(Offsets[row + 1] * EntryElements)], [RowLength(row), .. EntryShape]);
        return rows;
    }

    static void Check(ReadOnlySpan<long> offsets)
    {
        if (offsets.IsEmpty) throw ManyErrors.RaggedOffsets("there is none, not even the 0 at which the first row starts");
        if (offsets[0] != 0) throw ManyErrors.RaggedOffsets($"the first is {offsets[0]}, not 0");
        for (var i = 1; i < offsets.Length; i++)
            if (offsets[i] < offsets[i - 1]) throw ManyErrors.RaggedOffsets($"offset {i} is {offsets[i]}, after {offsets[i - 1]}");
    }

    static long[] OffsetsOf(int rows, Func<int, long> length)
    {
        var offsets = new long[rows + 1];
        for (var row = 0; row < rows; row++) offsets[row + 1] = offsets[row] + length(row);
        return offsets;
    }

    /// <summary>The values as memory that operands can refer to.</summary>
    sealed class Storage(RaggedTensor<T> tensor) : MemoryManager<T>
    {
        public override Span<T> GetSpan() => tensor.Values;

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = GCHandle.Alloc(tensor._storage, GCHandleType.Pinned);
            return new MemoryHandle((T*)Marshal.UnsafeAddrOfPinnedArrayElement(tensor._storage, (tensor.Count + 1) * sizeof(long)) + elementIndex, handle, this);
        }

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
