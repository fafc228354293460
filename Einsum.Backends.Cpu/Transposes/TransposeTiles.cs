using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// <c>ij->ji</c>, inside an odometer over all other loops: <c>out[i, j] = a[j, i]</c>, where i walks through neighbours of the operand and j
/// through neighbours of the result. A band of i is handled line by line of j, so that every cache line of both is used whole while it is near.
/// </summary>
sealed unsafe class TransposeTiles<T, TTile>(KernelPlan plan, Loop read, Loop write)
    : BlockKernel(plan, read, plan.Loops.Where(loop => !ReferenceEquals(loop, read) && !ReferenceEquals(loop, write)), Band)
    where T : unmanaged where TTile : struct, ITile<T>
{
    const int Band = 64, LineBytes = 64;

    readonly nint _from = (nint)write.Strides[0], _to = (nint)read.Strides[1], _count = (nint)write.Extent;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(nint* addresses, long band)
    {
        var source = (T*)addresses[0];
        var destination = (T*)addresses[1];
        var line = Math.Max(LineBytes / sizeof(T), TTile.Side);
        for (nint j = 0; j < _count; j += line)
        {
            var end = Math.Min(j + line, _count);
            for (nint i = 0; i < (nint)band; i += TTile.Side)
                for (var k = j; k < end; k += TTile.Side)
                    Tile(source + i + k * _from, destination + i * _to + k, Math.Min(TTile.Side, (nint)band - i), Math.Min(TTile.Side, end - k));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Tile(T* source, T* destination, nint rows, nint columns)
    {
        if (rows == TTile.Side && columns == TTile.Side) TTile.Transpose(source, _from, destination, _to);
        else
            for (nint i = 0; i < rows; i++)
                for (nint j = 0; j < columns; j++) destination[i * _to + j] = source[j * _from + i];
    }
}
