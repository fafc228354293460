using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary>The file behind <c>-o</c>.</summary>
static class ResultFile
{
    /// <summary>Refuses, before any work is done, a path that a result cannot be renamed to.</summary>
    internal static void Check(string path)
    {
        if (!path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"{path}: the result is written as .npy, and its name must say so");
        if (Directory.Exists(path)) throw new UsageException($"{path}: is a folder");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) throw new UsageException($"{path}: no such folder");
    }

    internal static void Write<T>(string path, Shape shape, ReadOnlySpan<T> elements) where T : unmanaged
    {
        try
        {
            using var file = new WholeFile(path);
            NpyWriter.Write(file.Stream, shape, elements);
            file.Commit();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {error.Message}");
        }
    }
}
