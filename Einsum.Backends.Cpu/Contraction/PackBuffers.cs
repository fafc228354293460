using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu;

/// <summary>
/// A pool of page-aligned native buffers that runs rent, one per task at work. Renting and returning allocate nothing once the buffers have
/// grown to what the runs need.
/// </summary>
static unsafe class PackBuffers
{
    const nuint Alignment = 4096;

    static readonly PackBuffer?[] s_slots = new PackBuffer?[Math.Clamp(2 * Environment.ProcessorCount, 8, 256)];

    internal static PackBuffer Rent(nuint bytes)
    {
        PackBuffer? buffer = null;
        for (var i = 0; i < s_slots.Length && buffer is null; i++)
            if (s_slots[i] is not null) buffer = Interlocked.Exchange(ref s_slots[i], null);

        buffer ??= new PackBuffer();
        buffer.Grow(bytes, Alignment);
        return buffer;
    }

    internal static void Return(PackBuffer buffer)
    {
        for (var i = 0; i < s_slots.Length; i++)
            if (s_slots[i] is null && Interlocked.CompareExchange(ref s_slots[i], buffer, null) is null) return;

        buffer.Dispose();
    }
}

/// <summary>Native memory that one run works in.</summary>
sealed unsafe class PackBuffer : IDisposable
{
    nuint _bytes;

    internal byte* Start { get; private set; }

    internal void Grow(nuint bytes, nuint alignment)
    {
        if (bytes <= _bytes) return;
        Dispose();
        Start = (byte*)NativeMemory.AlignedAlloc(bytes, alignment);
        _bytes = bytes;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
        _bytes = 0;
    }
}
