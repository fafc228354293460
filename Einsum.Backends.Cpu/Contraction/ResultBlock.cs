using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>c[rows[i] + columns[j]] = block[i * stride + j]</c>: the way to the result where its neighbours are far apart in y. Columns were multiplied in y's order,
/// and come together here; squares are transposed in registers, and what lies together in the result is written together.
/// </summary>
static unsafe class ResultBlock<T> where T : unmanaged
{
    /// <summary>Offsets of so many elements that are neighbours in the result are listed.</summary>
    internal const int MostLanes = 2048;

    static int Square => 64 / sizeof(T);

    /// <param name="lanes">Room for <see cref="MostLanes"/> offsets.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Move(T* block, nint stride, T* c, nint* rows, int rowCount, nint* columns, int columnCount, bool streams, nint* lanes)
    {
        DepthLanes stretch;
        var listed = default(DepthLanes);
        for (var j = 0; j < columnCount; j += stretch.Count)
        {
            stretch = DepthLanes.Find(columns + j, columnCount - j, mostDistance: int.MaxValue);
            if (stretch.Distance < Square || stretch.Lanes < Square)
            {
                Gather(block + j, stride, c, rows, rowCount, columns + j, stretch);
                continue;
            }

            // Rows that follow each other in the result as the lanes do are one longer row.
            var merges = (long)rowCount * stretch.Lanes <= MostLanes && Offsets.HaveStride(rows, rowCount, stretch.Lanes);
            var (rounds, count) = merges ? (1, rowCount * stretch.Lanes) : (rowCount, Math.Min(stretch.Lanes, MostLanes));
            if (stretch != listed) List(lanes, merges ? rowCount : 1, stride, stretch.Distance, merges ? stretch.Lanes : count);
            listed = stretch;
            for (var p = 0; ; p = Math.Min(p + Square, stretch.Distance - Square))
            {
                for (var i = 0; i < rounds; i++)
                    Squares(block + i * stride + j + p, lanes, count, stretch, c + rows[i], columns + j + p, streams);
                if (p == stretch.Distance - Square) break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Squares(T* from, nint* lanes, int count, DepthLanes stretch, T* to, nint* columns, bool streams)
    {
        for (var done = 0; done < Math.Max(count, stretch.Lanes); done += count, from += (nint)count * stretch.Distance, to += count)
        {
            var left = Math.Min(count, Math.Max(count, stretch.Lanes) - done);
            if (left < Square)
            {
                from -= (nint)(Square - left) * stretch.Distance;
                to -= Square - left;
                left = Square;
            }

            for (var l = 0; ; l = Math.Min(l + Square, left - Square))
            {
                Square512.Scatter(from, lanes + l, to + l, columns, streams);
                if (l == left - Square) break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void List(nint* lanes, int rows, nint stride, int distance, int count)
    {
        for (var i = 0; i < rows; i++)
            for (var l = 0; l < count; l++) *lanes++ = i * stride + (nint)l * distance;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(T* block, nint stride, T* c, nint* rows, int rowCount, nint* columns, DepthLanes stretch)
    {
        for (var i = 0; i < rowCount; i++)
        {
            for (var p = 0; p < stretch.Distance; p++)
            {
                T* from = block + i * stride + p, to = c + rows[i] + columns[p];
                for (var l = 0; l < stretch.Lanes; l++) to[l] = from[(nint)l * stretch.Distance];
            }
        }
    }
}
