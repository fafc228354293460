using System.Buffers;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Native memory, touched once, as operands and results of measurements: on 2 MB pages where the system gives them on request, as NumPy asks for
/// its arrays, so that libraries are compared on the same kind of memory.
/// </summary>
sealed unsafe class TouchedMemory<T> : MemoryManager<T> where T : unmanaged
{
    readonly T* _start;
    readonly int _length;

    internal TouchedMemory(long length)
    {
        _length = checked((int)length);
        var bytes = (nuint)Math.Max(1, length * sizeof(T));
        _start = (T*)LargePages.Allocate(bytes, 64);
        new Span<T>(_start, _length).Clear();
    }

    internal T* Start => _start;

    public override Span<T> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, pinnable: this);

    public override void Unpin() { }

    protected override void Dispose(bool disposing) => NativeMemory.AlignedFree(_start);
}
