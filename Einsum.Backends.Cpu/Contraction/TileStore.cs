using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>c[rows[i] + columns[j]] (+)= tile[i, j]</c>: tiles at the result's edges and columns that are not neighbours.</summary>
static unsafe class TileStore<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    /// <summary>The lengths of the runs of neighbours among the columns, front to back; returns how many there are.</summary>
    internal static int FindRuns(nint* columns, int count, int* runs)
    {
        var found = 0;
        for (var start = 0; start < count; found++)
        {
            var end = start + 1;
            while (end < count && columns[end] - columns[end - 1] == 1) end++;
            runs[found] = end - start;
            start = end;
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Store(T* tile, T* c, nint* cRows, int rows, nint* cColumns, int columns, int* runs, int runCount, bool accumulate)
    {
        if (runCount == columns)
        {
            for (var i = 0; i < rows; i++, tile += 2 * S.Count) Scatter(tile, c + cRows[i], cColumns, columns, accumulate);
            return;
        }

        for (var i = 0; i < rows; i++, tile += 2 * S.Count)
        {
            for (var (run, j) = (0, 0); run < runCount; j += runs[run++]) StoreRun(tile + j, c + cRows[i] + cColumns[j], runs[run], accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Scatter(T* from, T* to, nint* columns, int count, bool accumulate)
    {
        if (accumulate)
        {
            for (var j = 0; j < count; j++) to[columns[j]] = Add(to[columns[j]], from[j]);
        }
        else
        {
            for (var j = 0; j < count; j++) to[columns[j]] = from[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreRun(T* from, T* to, int count, bool accumulate)
    {
        var j = 0;
        for (; j + S.Count <= count; j += S.Count)
            S.Store(to + j, accumulate ? S.Add(S.Load(to + j), S.Load(from + j)) : S.Load(from + j));
        for (; j < count; j++) to[j] = accumulate ? Add(to[j], from[j]) : from[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Add(T left, T right) => typeof(T) == typeof(float)
        ? (T)(object)((float)(object)left + (float)(object)right)
        : (T)(object)((double)(object)left + (double)(object)right);
}
