using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>Memory on pages of 2 MB where Linux gives them on request: fewer translations of addresses, and a first touch that takes a third of the time.</summary>
static unsafe partial class LargePages
{
    const nuint PageBytes = 2 << 20;
    const int Advice = 14; // MADV_HUGEPAGE

    static volatile bool s_isThere = OperatingSystem.IsLinux();

    /// <summary>Memory that starts with a page of the size asked for, or with a large one where there is room for one; give it back with <see cref="NativeMemory.AlignedFree"/>.</summary>
    internal static void* Allocate(nuint bytes, nuint alignment)
    {
        if (bytes < PageBytes) return NativeMemory.AlignedAlloc(bytes, alignment);
        var start = NativeMemory.AlignedAlloc(bytes, PageBytes);
        // Nothing is lost where it is refused, or there is no such call: the memory is on small pages then.
        if (!s_isThere) return start;
        try
        {
            _ = Advise(start, bytes / PageBytes * PageBytes, Advice);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            s_isThere = false;
        }
        return start;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
