namespace EinsumNet.Backends.Gpu;

/// <summary>NVIDIA's run-time compiler, by the names of its functions without <c>nvrtc</c>; each gives its code, 0 for success.</summary>
unsafe interface INvrtc
{
    int Version(out int major, out int minor);

    int GetNumSupportedArchs(out int count);

    /// <summary>The architectures that it compiles for, such as 90.</summary>
    int GetSupportedArchs(int* archs);

    int CreateProgram(out nint program, string source, string name);

    int CompileProgram(nint program, string[] options);

    int GetProgramLogSize(nint program, out nuint size);

    int GetProgramLog(nint program, byte* log);

    /// <summary>Of the machine code, which there is where the program was compiled for a real architecture.</summary>
    int GetCubinSize(nint program, out nuint size);

    int GetCubin(nint program, byte* image);

    int GetPtxSize(nint program, out nuint size);

    int GetPtx(nint program, byte* image);

    int DestroyProgram(nint program);

    string NameOf(int code);
}
