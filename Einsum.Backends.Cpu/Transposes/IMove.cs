namespace EinsumNet.Backends.Cpu;

/// <summary>Moves a rectangle: <c>destination[i, j] = source[i, j]</c>, where j walks through neighbours of the destination. Implementations are empty structs.</summary>
unsafe interface IMove<T> where T : unmanaged
{
    /// <summary>The blocks of rows and columns are multiples of so many.</summary>
    static abstract int Side { get; }

    /// <summary>Whether all stores of whole squares can be of whole lines.</summary>
    static abstract bool StoresLines { get; }

    static abstract void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore;
}

/// <summary>How elements of a rectangle lie.</summary>
/// <param name="RowStep">From row to row of the source.</param>
/// <param name="ColumnStep">From column to column of the source.</param>
/// <param name="ResultStep">From row to row of the destination.</param>
/// <param name="SourceAhead">How much further the source's lines will be wanted soon, though no hardware would guess it; 0 for nothing.</param>
/// <param name="ResultIsFar">Whether the destination's lines are mostly not in the first cache when they are stored to.</param>
readonly record struct Steps(nint RowStep, nint ColumnStep, nint ResultStep, nint SourceAhead = 0, bool ResultIsFar = false);
