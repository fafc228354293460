namespace EinsumNet.Tests;

/// <summary>A folder of a test's own, which is gone behind it.</summary>
sealed class Folder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("einsum-tests").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
