using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>NVRTC itself.</summary>
sealed unsafe partial class NvrtcLibrary : INvrtc
{
    const string Library = NativeLibraries.Nvrtc;

    int INvrtc.Version(out int major, out int minor) => nvrtcVersion(out major, out minor);

    int INvrtc.GetNumSupportedArchs(out int count) => nvrtcGetNumSupportedArchs(out count);

    int INvrtc.GetSupportedArchs(int* archs) => nvrtcGetSupportedArchs(archs);

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

    int INvrtc.GetProgramLogSize(nint program, out nuint size) => nvrtcGetProgramLogSize(program, out size);

    int INvrtc.GetProgramLog(nint program, byte* log) => nvrtcGetProgramLog(program, log);

    int INvrtc.GetCubinSize(nint program, out nuint size) => nvrtcGetCUBINSize(program, out size);

    int INvrtc.GetCubin(nint program, byte* image) => nvrtcGetCUBIN(program, image);

    int INvrtc.GetPtxSize(nint program, out nuint size) => nvrtcGetPTXSize(program, out size);

    int INvrtc.GetPtx(nint program, byte* image) => nvrtcGetPTX(program, image);

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
