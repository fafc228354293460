using System.Diagnostics;

namespace EinsumNet;

/// <summary>
/// The line of user code that called into the library, read from the stack when an error is made. Caller-info attributes would not do: an
/// operator takes no optional parameters, and most of a traced function is operators.
/// </summary>
static class SourceLine
{
    static readonly string[] s_libraries = ["Einsum.Core", "Einsum.Functions"];

    /// <summary><c>File.cs:12</c>, or null where no debug information is at hand.</summary>
    internal static string? OfUser()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            var assembly = frame.GetMethod()?.Module.Assembly.GetName().Name;
            if (assembly is null || s_libraries.Contains(assembly) || frame.GetFileName() is not { } file) continue;
            return $"{Path.GetFileName(file)}:{frame.GetFileLineNumber()}";
        }
        return null;
    }
}
