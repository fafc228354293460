using System.Text;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <content>The compiler: an image is the source.</content>
sealed unsafe partial class FakeCuda : INvrtc
{
    const int CompilationFailed = 6;

    internal List<string> Sources { get; } = [];

    internal List<string> Options { get; } = [];

    internal int[] Archs { get; init; } = [75, 80, 90];

    internal int CompilerVersion { get; init; } = 12;

    internal string? CompilerLog { get; init; }

    public int Version(out int major, out int minor)
    {
        (major, minor) = (CompilerVersion, 4);
        return CodeOf("nvrtcVersion");
    }

    /// <summary>The code that the test gives the call, or 0; the compiler's calls are not among those of the driver.</summary>
    int CodeOf(string call) => Failures.GetValueOrDefault(call);

    public int GetNumSupportedArchs(out int count)
    {
        count = Archs.Length;
        return CodeOf("nvrtcGetNumSupportedArchs");
    }

    public int GetSupportedArchs(int* archs)
    {
        Archs.CopyTo(new Span<int>(archs, Archs.Length));
        return CodeOf("nvrtcGetSupportedArchs");
    }

    public int CreateProgram(out nint program, string source, string name)
    {
        nint made;
        lock (_lock)
        {
            made = _next++;
            Sources.Add(source);
            _handles[made] = source;
        }
        program = made;
        return 0;
    }

    public int CompileProgram(nint program, string[] options)
    {
        lock (_lock) Options.AddRange(options);
        return CompilerLog is null ? 0 : CompilationFailed;
    }

    public int GetProgramLogSize(nint program, out nuint size)
    {
        size = (nuint)Encoding.UTF8.GetByteCount(CompilerLog ?? "") + 1;
        return CodeOf("nvrtcGetProgramLogSize");
    }

    public int GetProgramLog(nint program, byte* log)
    {
        Encoding.UTF8.GetBytes($"{CompilerLog}\0").CopyTo(new Span<byte>(log, int.MaxValue));
        return CodeOf("nvrtcGetProgramLog");
    }

    byte[] Image(nint program)
    {
        lock (_lock) return Encoding.UTF8.GetBytes($"image of {_handles[program]}");
    }

    public int GetCubinSize(nint program, out nuint size)
    {
        size = (nuint)Image(program).Length;
        return CodeOf("nvrtcGetCUBINSize");
    }

    public int GetCubin(nint program, byte* image)
    {
        Image(program).CopyTo(new Span<byte>(image, int.MaxValue));
        return CodeOf("nvrtcGetCUBIN");
    }

    public int GetPtxSize(nint program, out nuint size)
    {
        size = (nuint)Image(program).Length;
        return CodeOf("nvrtcGetPTXSize");
    }

    public int GetPtx(nint program, byte* image)
    {
        Image(program).CopyTo(new Span<byte>(image, int.MaxValue));
        return CodeOf("nvrtcGetPTX");
    }

    public int DestroyProgram(nint program) => Drop("nvrtcDestroyProgram", program, needsContext: false);

    string INvrtc.NameOf(int code) => code == CompilationFailed ? "NVRTC_ERROR_COMPILATION" : $"NVRTC_ERROR_{code}";
}
