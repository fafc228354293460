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

    internal GuardedMemory(int count)
    {
        Count = count;
        var page = (nuint)Environment.SystemPageSize;
        var used = ((nuint)count * (nuint)sizeof(T) + page - 1) / page * page;
        _bytes = used + page;
        if (OperatingSystem.IsLinux())
        {
            _memory = (byte*)Libc.Map(0, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.That(Libc.Protect(_memory + used, page, None), Is.Zero);
        }
        else
        {
            _memory = (byte*)NativeMemory.AlignedAlloc(_bytes, page);
        }

        Start = (T*)(_memory + used) - count;
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
