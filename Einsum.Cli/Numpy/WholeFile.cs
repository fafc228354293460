namespace EinsumNet.Tool.Numpy;

/// <summary>
/// A file that appears whole or not at all: written aside in the same folder, then renamed by <see cref="Commit"/>. Disposed without
/// that, it leaves nothing behind.
/// </summary>
sealed class WholeFile : IDisposable
{
    readonly string _path;
    readonly string _aside;
    readonly FileStream _stream;

    internal WholeFile(string path)
    {
        _path = Path.GetFullPath(path);
        _aside = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        // Without a buffer: there is nothing left to flush, and so to fail on, when a full disk has stopped the writing.
        _stream = new FileStream(_aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    internal Stream Stream => _stream;

    internal void Commit()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_aside, _path, overwrite: true);
    }

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_aside);
    }
}
