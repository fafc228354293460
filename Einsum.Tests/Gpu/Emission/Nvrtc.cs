using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Gpu;

/// <summary>CUDA's compiler, which needs no GPU, and what its assembler reports of a kernel.</summary>
static unsafe class Nvrtc
{
    /// <summary>Oldest first: where there are several, a kernel is compiled by the first that knows its architecture, so that each of them is tested.</summary>
    static readonly string[] s_names = ["libnvrtc.so.11.2", "libnvrtc.so.12", "libnvrtc.so.13"];

    static readonly (nint Library, (int Major, int Minor) Version)[] s_compilers =
        [.. s_names.Select(name => NativeLibrary.TryLoad(name, out var library) ? library : 0).Where(library => library != 0).Select(library => (library, VersionOf(library)))];

    static (int Major, int Minor) VersionOf(nint library)
    {
        int major, minor;
        ((delegate* unmanaged<int*, int*, int>)NativeLibrary.GetExport(library, "nvrtcVersion"))(&major, &minor);
        return (major, minor);
    }

    static nint CompilerOf(string architecture)
    {
        var least = architecture switch { "sm_90a" => (12, 0), "sm_90" => (11, 8), _ => (11, 0) };
        return s_compilers.FirstOrDefault(compiler => compiler.Version.CompareTo(least) >= 0).Library;
    }

    /// <summary>Ignores the test, with the reason, where no compiler is there that knows the architecture; where there is none at all, fails it if .ci/run found one.</summary>
    internal static void Need(string architecture)
    {
        TestDevices.Require(s_compilers.Length > 0, $"NVRTC is not installed: none of {string.Join(", ", s_names)} can be loaded.", "EINSUM_REQUIRE_NVRTC");
        if (CompilerOf(architecture) == 0) LeftOut.Because($"NVRTC {string.Join(", ", s_compilers.Select(compiler => $"{compiler.Version.Major}.{compiler.Version.Minor}"))} does not know {architecture}.");
    }

    internal static void Need(int sm) => Need($"sm_{sm}");

    /// <summary>Compiles to machine code.</summary>
    internal static CudaReport Compile(string source, string architecture) => Compile(source, architecture, [$"--gpu-architecture={architecture}", "--std=c++14", "--ptxas-options=-v"], (library, program, log) =>
    {
        Assert.That(Read(library, program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN"), Is.Not.Empty);
        return new CudaReport(Number(log, @"(\d+) bytes stack frame"), Number(log, @"(\d+) bytes spill stores"), Number(log, @"Used (\d+) registers"), log);
    });

    /// <summary>Compiles to the instructions of CUDA's virtual machine, as text.</summary>
    internal static string Ptx(string source, string architecture) => Compile(source, architecture, [$"--gpu-architecture=compute_{architecture["sm_".Length..]}", "--std=c++14"],
        (library, program, _) => Encoding.UTF8.GetString(Read(library, program, "nvrtcGetPTXSize", "nvrtcGetPTX")).TrimEnd('\0'));

    static T Compile<T>(string source, string architecture, string[] words, Func<nint, nint, string, T> result)
    {
        var library = CompilerOf(architecture);
        nint program;
        fixed (byte* text = Bytes(source), name = "kernel.cu\0"u8)
            Assert.That(((delegate* unmanaged<nint*, byte*, byte*, int, nint, nint, int>)Entry(library, "nvrtcCreateProgram"))(&program, text, name, 0, 0, 0), Is.Zero);
        try
        {
            var options = words.Select(option => GCHandle.Alloc(Bytes(option), GCHandleType.Pinned)).ToArray();
            var addresses = options.Select(option => option.AddrOfPinnedObject()).ToArray();
            int code;
            fixed (nint* first = addresses) code = ((delegate* unmanaged<nint, int, nint*, int>)Entry(library, "nvrtcCompileProgram"))(program, options.Length, first);
            foreach (var option in options) option.Free();
            var log = Encoding.UTF8.GetString(Read(library, program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")).TrimEnd('\0');
            if (code != 0) Assert.Fail($"{architecture}: {log}\n{source}");
            return result(library, program, log);
        }
        finally
        {
            ((delegate* unmanaged<nint*, int>)Entry(library, "nvrtcDestroyProgram"))(&program);
        }
    }

    static int Number(string log, string pattern) => Regex.Match(log, pattern) is { Success: true } match ? int.Parse(match.Groups[1].Value) : throw new InvalidOperationException($"No {pattern} in: {log}");

    static byte[] Read(nint library, nint program, string size, string content)
    {
        nuint length;
        Assert.That(((delegate* unmanaged<nint, nuint*, int>)Entry(library, size))(program, &length), Is.Zero, size);
        var bytes = new byte[length];
        fixed (byte* first = bytes) Assert.That(((delegate* unmanaged<nint, byte*, int>)Entry(library, content))(program, first), Is.Zero, content);
        return bytes;
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");

    static nint Entry(nint library, string name) => NativeLibrary.GetExport(library, name);
}

/// <summary>What the assembler reports of a kernel: bytes of stack and of spilled registers per thread, registers per thread.</summary>
sealed record CudaReport(int Stack, int Spills, int Registers, string Log);
