using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>c[rows[i] + columns[j]] (+)= tile[i, j]</c>: the way to the result for tiles whose columns are neighbours only a few at a time.</summary>
static unsafe class TileStore<T, V, S> where T : unmanaged where V : struct where S : struct, ISimd<T, V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Store(T* tile, T* c, nint* cRows, int rows, nint* cColumns, int columns, StoreMode mode)
    {
        for (var j = 0; j < columns;)
        {
            var run = Offsets.Run(cColumns + j, columns - j);
            for (var i = 0; i < rows; i++)
            {
                T* from = tile + i * 2 * S.Count + j, to = c + cRows[i] + cColumns[j];
                if (run == 1) *to = mode == StoreMode.Add ? Add(*to, *from) : *from;
                else StoreRun(from, to, run, mode);
            }

            j += run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreRun(T* from, T* to, int count, StoreMode mode)
    {
        for (; count >= S.Count; count -= S.Count, from += S.Count, to += S.Count)
            S.Store(to, mode == StoreMode.Add ? S.Add(S.Load(to), S.Load(from)) : S.Load(from));
        if (count > 0) MicroKernel.StoreRow<T, V, S>(to, S.LoadFirst(from, TailMask.First<T, V, S>(count)), TailMask.First<T, V, S>(count), mode);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Add(T left, T right) => (Vector128.CreateScalarUnsafe(left) + Vector128.CreateScalarUnsafe(right)).ToScalar();
}
