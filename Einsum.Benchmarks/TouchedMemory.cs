using System.Buffers;
using System.Runtime.InteropServices;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Native memory, touched once, as operands and results of measurements: on 2 MB pages where the system gives them on request, as NumPy asks for
/// its arrays, so that libraries are compared on the same kind of memory.
/// </summary>
sealed unsafe class TouchedMemory<T> : MemoryManager<T> where T : unmanaged
{
    const nuint HugePage = 2 << 20;

    readonly T* _start;
    readonly int _length;

    internal TouchedMemory(long length)
    {
        _length = checked((int)length);
        var bytes = (nuint)Math.Max(1, length * sizeof(T));
        _start = (T*)NativeMemory.AlignedAlloc(bytes, bytes >= HugePage ? HugePage : 64);
        if (bytes >= HugePage) MemoryAdvice.AskForHugePages(_start, bytes / HugePage * HugePage);
        new Span<T>(_start, _length).Clear();
    }

    internal T* Start => _start;

    public override Span<T> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, pinnable: this);

    public override void Unpin() { }

    protected override void Dispose(bool disposing) => NativeMemory.AlignedFree(_start);
}

static unsafe partial class MemoryAdvice
{
    const int HugePage = 14;

    /// <summary>Asks Linux to back whole pages of 2 MB; elsewhere nothing happens.</summary>
    internal static void AskForHugePages(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = Advise(start, bytes, HugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
