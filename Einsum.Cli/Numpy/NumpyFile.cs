namespace EinsumNet.Tool.Numpy;

/// <summary>Reads an array from <c>FILE.npy</c>, <c>FILE.npz</c> (where it holds one array) or <c>FILE.npz:MEMBER</c>.</summary>
static class NumpyFile
{
    const string ArchiveSeparator = ".npz:";

    internal static NumpyArray Read(string source)
    {
        var separator = source.LastIndexOf(ArchiveSeparator, StringComparison.OrdinalIgnoreCase);
        var (path, member) = separator < 0
            ? (source, null)
            : (source[..(separator + ArchiveSeparator.Length - 1)], source[(separator + ArchiveSeparator.Length)..]);
        try
        {
            using var stream = Open(path, source);
            if (IsArchive(stream)) return NpzReader.Read(stream, member, source);
            if (member is not null) throw new NumpyFormatException(source, "not a .npz archive");
            return NpyReader.Read(stream, stream.Length, source);
        }
        catch (FileNotFoundException)
        {
            throw new NumpyFormatException(source, "no such file");
        }
        catch (DirectoryNotFoundException)
        {
            throw new NumpyFormatException(source, "no such folder");
        }
        catch (UnauthorizedAccessException)
        {
            throw new NumpyFormatException(source, Directory.Exists(path) ? "is a folder" : "access denied");
        }
        catch (IOException error)
        {
            throw new NumpyFormatException(source, error.Message);
        }
    }

    static Stream Open(string path, string source)
    {
        if (path.Length == 0) throw new NumpyFormatException(source, "the name of the file is empty");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.CanSeek) return file;
        // A pipe has no length to check a header against, so it is drained first.
        using (file)
        {
            var copy = new MemoryStream();
            file.CopyTo(copy);
            copy.Position = 0;
            return copy;
        }
    }

    /// <summary>By content, as NumPy does: the extension does not matter.</summary>
    static bool IsArchive(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == start.Length && (start.SequenceEqual("PK\x03\x04"u8) || start.SequenceEqual("PK\x05\x06"u8));
    }
}
