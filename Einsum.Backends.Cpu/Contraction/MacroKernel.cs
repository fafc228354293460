using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>c[i, j] (+)= sum over p of x[i, p] * y[p, j]</c> for a block of x and a block of y, one register tile after the other.</summary>
static unsafe class MacroKernel<T, V, S, TKernel>
    where T : unmanaged where V : struct where S : struct, ISimd<T, V> where TKernel : struct, IMicroKernel<T>
{
    /// <summary>
    /// A panel of y stays in L1 while the panels of x pass by. The offsets of the block's rows and columns in c lie in
    /// <paramref name="work"/>, with a tile for what cannot be written in place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(in Workspace<T> work, int rows, int columns, int depth, T* c, bool accumulate)
    {
        Panel<T>* y = work.YPanels;
        nint* cRows = work.CRows, cColumns = work.CColumns;
        for (var j = 0; j < columns; j += TKernel.Columns, y++)
        {
            var width = Math.Min(TKernel.Columns, columns - j);
            var runs = TileStore<T, V, S>.FindRuns(cColumns + j, width, work.Runs);
            var inPlace = width == TKernel.Columns && runs == 1;
            var x = work.XPanels;
            for (var i = 0; i < rows; i += TKernel.Rows, x++)
            {
                var height = Math.Min(TKernel.Rows, rows - i);
                if (inPlace)
                {
                    TKernel.Run(depth, x->Start, x->Stride, x->Step, y->Start, y->Step, c + cColumns[j], cRows + i, height, accumulate);
                }
                else
                {
                    TKernel.Run(depth, x->Start, x->Stride, x->Step, y->Start, y->Step, work.Tile, work.TileRows, height, accumulate: false);
                    TileStore<T, V, S>.Store(work.Tile, c, cRows + i, height, cColumns + j, width, work.Runs, runs, accumulate);
                }
            }
        }
    }
}
