using System.Diagnostics;

namespace EinsumNet;

/// <summary>
/// The line of user code that called into the library, read from the stack when an error is made. Caller-info attributes would not do: an
/// operator takes no optional parameters, and most of a traced function is operators. Where the stack has no symbols, it is the line on which
/// the function that is being traced was made, of which <c>Fn.Jit</c> and <c>Fn.Vmap</c> are told by their callers' compiler.
/// </summary>
static class SourceLine
{
    static readonly string[] s_libraries = ["Einsum.Core", "Einsum.Functions"];

    /// <summary>Where the function that this thread traces was made.</summary>
    [ThreadStatic]
    internal static string? Traced;

    internal static string? Of(string? file, int line) => string.IsNullOrEmpty(file) ? null : $"{Path.GetFileName(file)}:{line}";

    /// <summary><c>File.cs:12</c>, or null where neither the stack nor the function that is traced has a line.</summary>
    internal static string? OfUser()
    {
        var frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        for (var i = 0; i < frames.Length; i++)
        {
            var assembly = frames[i].GetMethod()?.Module.Assembly.GetName().Name;
            if (assembly is null || s_libraries.Contains(assembly)) continue;
            // Files are looked up one by one: in a deep recursion that takes long.
            var frame = new StackFrame(i, needFileInfo: true);
            if (Of(frame.GetFileName(), frame.GetFileLineNumber()) is { } line) return line;
        }
        return Traced;
    }
}
