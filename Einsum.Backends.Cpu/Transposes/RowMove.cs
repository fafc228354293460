using System.Runtime.CompilerServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Rows move as they are.</summary>
readonly unsafe struct RowMove<T> : IMove<T> where T : unmanaged
{
    public static int Side => 1;

    public static bool StoresLines => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStore>(in Steps steps, T* source, T* destination, nint rows, nint columns) where TStore : struct, IStore
    {
        var (rowStep, resultStep, bytes) = (steps.RowStep, steps.ResultStep, columns * sizeof(T));
        for (; rows > 0; rows--, source += rowStep, destination += resultStep) Lines.Copy<TStore>((byte*)source, (byte*)destination, bytes);
    }
}
