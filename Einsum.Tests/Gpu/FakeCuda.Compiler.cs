using System.Text;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <content>The compiler: an image is the source.</content>
sealed unsafe partial class FakeCuda : INvrtc
{
    internal List<string> Sources { get; } = [];

    internal List<string> Options { get; } = [];

    internal int[] Archs { get; init; } = [75, 80, 90];

    internal int CompilerVersion { get; init; } = 12;

    internal string? CompilerLog { get; init; }

    public int Version(out int major, out int minor)
    {
        (major, minor) = (CompilerVersion, 4);
        return 0;
    }

    public int[] SupportedArchs() => Archs;

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
        return CompilerLog is null ? 0 : 6;
    }

    public string Log(nint program) => CompilerLog ?? "";

    public byte[] Cubin(nint program) => Encoding.UTF8.GetBytes($"image of {_handles[program]}");

    public byte[] Ptx(nint program) => Cubin(program);

    public int DestroyProgram(nint program) => Drop("nvrtcDestroyProgram", program, needsContext: false);

    string INvrtc.NameOf(int code) => "NVRTC_ERROR_COMPILATION";
}
