using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EinsumNet;

/// <summary>
/// Compiled kernels, and what was measured of a machine, in a directory, one file each, for any number of processes. A file is written aside and renamed, and carries its key, its length and its
/// hash: what does not match in all of them is deleted and never reaches a driver, since some drivers crash on damaged binaries. A directory that
/// cannot be used is no error: kernels are compiled again.
/// </summary>
sealed class DiskCache
{
    const string Extension = ".kernel", Aside = ".aside";
    const int HeaderBytes = 8 + 32 + 8 + 32;

    /// <summary>What an interrupted process left aside is deleted after so long.</summary>
    static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    static ReadOnlySpan<byte> Magic => "EINSUM\x01\n"u8;

    readonly string _directory;
    readonly long _capacity;

    DiskCache(string directory, long capacity) => (_directory, _capacity) = (directory, capacity);

    /// <summary>The cache in a directory, which only its user may read; null where it cannot be made.</summary>
    internal static DiskCache? TryOpen(string directory, long capacity)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new DiskCache(directory, capacity);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            return null;
        }
    }

    /// <summary>EINSUM_CACHE_DIR, else the folder <c>einsum</c> in XDG_CACHE_HOME, in ~/.cache, or on Windows in the local application data; null without any.</summary>
    internal static string? DefaultDirectory => DirectoryOf(
        Environment.GetEnvironmentVariable("EINSUM_CACHE_DIR"), Environment.GetEnvironmentVariable("XDG_CACHE_HOME"), OperatingSystem.IsWindows(),
        Environment.GetFolderPath(OperatingSystem.IsWindows() ? Environment.SpecialFolder.LocalApplicationData : Environment.SpecialFolder.UserProfile));

    internal static string? DirectoryOf(string? given, string? xdg, bool isWindows, string home)
    {
        if (!string.IsNullOrEmpty(given)) return given;
        // The standard says that a relative path is to be ignored.
        if (Path.IsPathRooted(xdg)) return Path.Combine(xdg, "einsum");
        return home.Length == 0 ? null : isWindows ? Path.Combine(home, "einsum", "cache") : Path.Combine(home, ".cache", "einsum");
    }

    /// <summary>The bytes under the key, or null where there are none or anything about them is in doubt.</summary>
    internal byte[]? TryRead(string key)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path)) return null;
            if (Payload(File.ReadAllBytes(path), key) is not { } payload)
            {
                Remove(key);
                return null;
            }
            Touch(path);
            return payload;
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            return null;
        }
    }

    /// <summary>The time of the last use decides what is dropped first.</summary>
    static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // A directory that may only be read is of use too.
        }
    }

    internal void Write(string key, byte[] payload)
    {
        if (HeaderBytes + payload.LongLength > _capacity) return;
        var aside = Path.Combine(_directory, $"{Guid.NewGuid():N}{Aside}");
        try
        {
            using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(Header(key, payload));
                file.Write(payload);
                file.Flush(flushToDisk: true);
            }
            File.Move(aside, PathOf(key), overwrite: true);
            Sweep();
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            TryDelete(aside);
        }
    }

    internal void Remove(string key) => TryDelete(PathOf(key));

    /// <summary>Drops what was not used for longest until a quarter of the room is free again.</summary>
    void Sweep()
    {
        var files = new DirectoryInfo(_directory).GetFiles();
        foreach (var file in files)
            if (file.Extension == Aside && DateTime.UtcNow - file.LastWriteTimeUtc > s_abandoned) TryDelete(file.FullName);
        var kept = files.Where(file => file.Extension == Extension).OrderBy(file => file.LastWriteTimeUtc).ToArray();
        var total = kept.Sum(Length);
        if (total <= _capacity) return;
        foreach (var file in kept)
        {
            if (total <= _capacity / 4 * 3) return;
            total -= Length(file);
            TryDelete(file.FullName);
        }

        // Another process may have deleted it meanwhile.
        static long Length(FileInfo file) => file.Exists ? file.Length : 0;
    }

    string PathOf(string key) => Path.Combine(_directory, key + Extension);

    static byte[] Header(string key, byte[] payload)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        SHA256.HashData(Encoding.UTF8.GetBytes(key), header.AsSpan(8));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), payload.LongLength);
        SHA256.HashData(payload, header.AsSpan(48));
        return header;
    }

    static byte[]? Payload(byte[] file, string key)
    {
        if (file.Length < HeaderBytes) return null;
        var payload = file[HeaderBytes..];
        return file.AsSpan(0, HeaderBytes).SequenceEqual(Header(key, payload)) ? payload : null;
    }

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // Someone else has it open; it is judged again when it is read.
        }
    }

    static bool IsOfFiles(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;
}
