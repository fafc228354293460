namespace EinsumNet.Tests.Tool;

/// <summary>A new folder that goes with the test.</summary>
sealed class TemporaryFolder : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("einsum-cli-");

    internal string File(string name) => Path.Combine(_folder.FullName, name);

    internal string[] Names => [.. _folder.GetFiles().Select(file => file.Name).Order()];

    public void Dispose() => _folder.Delete(recursive: true);
}
