namespace EinsumNet.Backends.Gpu;

/// <summary>NVIDIA's run-time compiler, by the names of its functions without <c>nvrtc</c>; each gives its code, 0 for success.</summary>
interface INvrtc
{
    int Version(out int major, out int minor);

    /// <summary>The architectures that it compiles for, such as 90.</summary>
    int[] SupportedArchs();

    int CreateProgram(out nint program, string source, string name);

    int CompileProgram(nint program, string[] options);

    string Log(nint program);

    /// <summary>The machine code, or null where the program was compiled for a virtual architecture.</summary>
    byte[]? Cubin(nint program);

    byte[]? Ptx(nint program);

    int DestroyProgram(nint program);

    string NameOf(int code);
}
