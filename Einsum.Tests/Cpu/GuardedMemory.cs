using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Cpu.Tests;

/// <summary>
/// Elements whose last one ends where a page begins that may not be touched (on Linux), so that reading past the end stops the process instead of
/// passing unseen.
/// </summary>
sealed unsafe class GuardedMemory<T> : IDisposable where T : unmanaged
{
    const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    readonly byte* _memory;
    readonly nuint _bytes;

    /// <param name="count">How many elements.</param>
    /// <param name="inFront">Whether the page that may not be touched ends where the first element begins instead.</param>
    internal GuardedMemory(int count, bool inFront = false)
    {
        Count = count;
        var page = (nuint)Environment.SystemPageSize;
        var used = ((nuint)count * (nuint)sizeof(T) + page - 1) / page * page;
        _bytes = used + page;
        if (OperatingSystem.IsLinux())
        {
            _memory = (byte*)Libc.Map(0, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.That(Libc.Protect(inFront ? _memory : _memory + used, page, None), Is.Zero);
        }
        else
        {
            _memory = (byte*)NativeMemory.AlignedAlloc(_bytes, page);
        }

        Start = inFront ? (T*)(_memory + page) : (T*)(_memory + used) - count;
    }

    internal int Count { get; }

    internal T* Start { get; }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = Libc.Unmap(_memory, _bytes);
        else NativeMemory.AlignedFree(_memory);
    }
}

static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "mmap")]
    internal static partial void* Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    internal static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(void* address, nuint bytes);
}
