using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Gpu;

/// <summary>CUDA's compiler, which needs no GPU, and what its assembler reports of a kernel.</summary>
static unsafe class Nvrtc
{
    static readonly string[] s_names = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"];

    static readonly nint s_library = s_names.Select(name => NativeLibrary.TryLoad(name, out var library) ? library : 0).FirstOrDefault(library => library != 0);

    internal static (int Major, int Minor) Version
    {
        get
        {
            int major, minor;
            ((delegate* unmanaged<int*, int*, int>)Entry("nvrtcVersion"))(&major, &minor);
            return (major, minor);
        }
    }

    /// <summary>Ignores the test, with the reason, where the compiler is missing or does not know the architecture.</summary>
    internal static void Need(int sm)
    {
        if (s_library == 0) Assert.Ignore($"NVRTC is not installed: none of {string.Join(", ", s_names)} can be loaded.");
        if (sm >= 90 && Version.CompareTo((11, 8)) < 0) Assert.Ignore($"NVRTC {Version.Major}.{Version.Minor} does not know sm_{sm}.");
    }

    /// <summary>Ignores the test, with the reason, where the compiler does not know sm_90a.</summary>
    internal static void NeedHopper()
    {
        Need(90);
        if (Version.Major < 12) Assert.Ignore($"NVRTC {Version.Major}.{Version.Minor} does not know sm_90a, which 12.0 and later do.");
    }

    /// <summary>Compiles to machine code.</summary>
    internal static CudaReport Compile(string source, string architecture)
    {
        nint program;
        fixed (byte* text = Bytes(source), name = "kernel.cu\0"u8)
            Assert.That(((delegate* unmanaged<nint*, byte*, byte*, int, nint, nint, int>)Entry("nvrtcCreateProgram"))(&program, text, name, 0, 0, 0), Is.Zero);
        try
        {
            var options = new[] { $"--gpu-architecture={architecture}", "--std=c++14", "--ptxas-options=-v" }.Select(option => GCHandle.Alloc(Bytes(option), GCHandleType.Pinned)).ToArray();
            var addresses = options.Select(option => option.AddrOfPinnedObject()).ToArray();
            int code;
            fixed (nint* first = addresses) code = ((delegate* unmanaged<nint, int, nint*, int>)Entry("nvrtcCompileProgram"))(program, options.Length, first);
            foreach (var option in options) option.Free();
            var log = Encoding.UTF8.GetString(Read(program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")).TrimEnd('\0');
            if (code != 0) Assert.Fail($"{architecture}: {log}\n{source}");
            Assert.That(Read(program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN"), Is.Not.Empty);
            return new CudaReport(Number(log, @"(\d+) bytes stack frame"), Number(log, @"(\d+) bytes spill stores"), Number(log, @"Used (\d+) registers"), log);
        }
        finally
        {
            ((delegate* unmanaged<nint*, int>)Entry("nvrtcDestroyProgram"))(&program);
        }
    }

    static int Number(string log, string pattern) => Regex.Match(log, pattern) is { Success: true } match ? int.Parse(match.Groups[1].Value) : throw new InvalidOperationException($"No {pattern} in: {log}");

    static byte[] Read(nint program, string size, string content)
    {
        nuint length;
        Assert.That(((delegate* unmanaged<nint, nuint*, int>)Entry(size))(program, &length), Is.Zero, size);
        var bytes = new byte[length];
        fixed (byte* first = bytes) Assert.That(((delegate* unmanaged<nint, byte*, int>)Entry(content))(program, first), Is.Zero, content);
        return bytes;
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");

    static nint Entry(string name) => NativeLibrary.GetExport(s_library, name);
}

/// <summary>What the assembler reports of a kernel: bytes of stack and of spilled registers per thread, registers per thread.</summary>
sealed record CudaReport(int Stack, int Spills, int Registers, string Log);
