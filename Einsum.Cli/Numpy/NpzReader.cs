using System.IO.Compression;

namespace EinsumNet.Tool.Numpy;

/// <summary>Reads one member of a <c>.npz</c> archive, which is a zip of <c>.npy</c> files.</summary>
static class NpzReader
{
    const string Extension = ".npy";

    /// <summary>Deflate never expands by more, so an archive that claims more lies.</summary>
    const int LargestExpansion = 1032;

    internal static NumpyArray Read(Stream stream, string? member, string source)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var entry = Find(archive, member, source);
            var available = Math.Min(entry.Length, Math.Min(entry.CompressedLength, stream.Length) * LargestExpansion);
            using var content = entry.Open();
            return NpyReader.Read(content, available, source);
        }
        catch (InvalidDataException error)
        {
            throw new NumpyFormatException(source, $"the archive is damaged ({error.Message})");
        }
    }

    static ZipArchiveEntry Find(ZipArchive archive, string? member, string source)
    {
        var entries = archive.Entries.Where(entry => entry.FullName.EndsWith(Extension, StringComparison.Ordinal)).ToList();
        var names = entries.Count > 0 ? string.Join(", ", entries.Take(8).Select(NameOf)) + (entries.Count > 8 ? ", ..." : "") : "nothing";
        if (member is not null)
        {
            return entries.FirstOrDefault(entry => NameOf(entry) == member || entry.FullName == member)
                ?? throw new NumpyFormatException(source, $"the archive has no member '{member}'; it holds {names}");
        }
        return entries.Count == 1
            ? entries[0]
            : throw new NumpyFormatException(source, $"the archive holds {names}; choose one with FILE.npz:MEMBER");
    }

    static string NameOf(ZipArchiveEntry entry) => entry.FullName[..^Extension.Length];
}
