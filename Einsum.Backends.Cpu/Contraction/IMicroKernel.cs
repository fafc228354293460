namespace EinsumNet.Backends.Cpu;

/// <summary>Register tiles of the result of up to some rows and columns: <c>c[i, :] (+)= sum over p of x[i, p] * y[p, :]</c>.</summary>
unsafe interface IMicroKernel<T> where T : unmanaged
{
    /// <summary>Rows of the largest tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the largest tile: two vectors.</summary>
    static abstract int Columns { get; }

    /// <summary>The height of the smallest kernel that covers so many rows.</summary>
    static abstract int HeightFor(int rows);

    /// <summary>The width of the smallest kernel that covers so many columns: one vector or two.</summary>
    static abstract int WidthFor(int columns);

    /// <summary>
    /// Writes the first <paramref name="rows"/> rows to <c>c + cRows[i]</c>, each of <paramref name="columns"/> contiguous elements. Strides of x and
    /// y are free so that an operand that lies well already needs no packing; the sum runs over p in order, so an element's bits depend neither on
    /// its place in the tile nor on the tile. Of x and y, <see cref="HeightFor"/> rows and <see cref="WidthFor"/> columns are read. Beside each step of the
    /// sum one of <paramref name="lines"/>, the addresses of as many as there are steps, is asked for; null for none. What is
    /// read of y is copied to <paramref name="copy"/>, one step's after the other, where that is not null.
    /// </summary>
    static abstract void Run(nint depth, T* x, nint xRow, nint xStep, T* y, nint yStep, T* c, nint* cRows, int rows, int columns, StoreMode mode, nint* lines, T* copy);
}
