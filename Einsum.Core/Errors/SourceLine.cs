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
        var frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        for (var i = 0; i < frames.Length; i++)
        {
            var assembly = frames[i].GetMethod()?.Module.Assembly.GetName().Name;
            if (assembly is null || s_libraries.Contains(assembly)) continue;
            // Files are looked up one by one: in a deep recursion that takes long.
            var frame = new StackFrame(i, needFileInfo: true);
            if (frame.GetFileName() is { } file) return $"{Path.GetFileName(file)}:{frame.GetFileLineNumber()}";
        }
        return null;
    }
}
