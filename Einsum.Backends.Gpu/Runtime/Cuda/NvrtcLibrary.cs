using System.Runtime.InteropServices;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>NVRTC itself.</summary>
sealed unsafe partial class NvrtcLibrary : INvrtc
{
    const string Library = NativeLibraries.Nvrtc;

    int INvrtc.Version(out int major, out int minor) => nvrtcVersion(out major, out minor);

    int[] INvrtc.SupportedArchs()
    {
        if (nvrtcGetNumSupportedArchs(out var count) != 0) return [];
        var archs = new int[count];
        fixed (int* first = archs) return nvrtcGetSupportedArchs(first) == 0 ? archs : [];
    }

    int INvrtc.CreateProgram(out nint program, string source, string name) => nvrtcCreateProgram(out program, source, name, 0, null, null);

    int INvrtc.CompileProgram(nint program, string[] options)
    {
        var texts = options.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        try
        {
            fixed (nint* first = texts) return nvrtcCompileProgram(program, texts.Length, (byte**)first);
        }
        finally
        {
            foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        }
    }

    string INvrtc.Log(nint program)
    {
        if (nvrtcGetProgramLogSize(program, out var size) != 0 || size == 0) return "";
        var log = new byte[size];
        fixed (byte* first = log) return nvrtcGetProgramLog(program, first) == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0') : "";
    }

    byte[]? INvrtc.Cubin(nint program)
    {
        if (nvrtcGetCUBINSize(program, out var size) != 0 || size == 0) return null;
        var image = new byte[size];
        fixed (byte* first = image) return nvrtcGetCUBIN(program, first) == 0 ? image : null;
    }

    byte[]? INvrtc.Ptx(nint program)
    {
        if (nvrtcGetPTXSize(program, out var size) != 0 || size == 0) return null;
        var image = new byte[size];
        fixed (byte* first = image) return nvrtcGetPTX(program, first) == 0 ? image : null;
    }

    int INvrtc.DestroyProgram(nint program) => nvrtcDestroyProgram(ref program);

    string INvrtc.NameOf(int code) => Marshal.PtrToStringUTF8(nvrtcGetErrorString(code)) ?? "an NVRTC error";

    [LibraryImport(Library)] private static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(Library)] private static partial int nvrtcGetNumSupportedArchs(out int count);

    [LibraryImport(Library)] private static partial int nvrtcGetSupportedArchs(int* archs);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nvrtcCreateProgram(out nint program, string source, string name, int headers, byte** texts, byte** names);

    [LibraryImport(Library)] private static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    [LibraryImport(Library)] private static partial int nvrtcGetProgramLogSize(nint program, out nuint size);

    [LibraryImport(Library)] private static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(Library)] private static partial int nvrtcGetCUBINSize(nint program, out nuint size);

    [LibraryImport(Library)] private static partial int nvrtcGetCUBIN(nint program, byte* image);

    [LibraryImport(Library)] private static partial int nvrtcGetPTXSize(nint program, out nuint size);

    [LibraryImport(Library)] private static partial int nvrtcGetPTX(nint program, byte* image);

    [LibraryImport(Library)] private static partial int nvrtcDestroyProgram(ref nint program);

    [LibraryImport(Library)] private static partial nint nvrtcGetErrorString(int code);
}
