using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// CUDA C to machine code. Machine code is preferred to PTX, which drivers older than the compiler reject; PTX is for devices newer than the compiler.
/// </summary>
sealed class CudaCompiler
{
    internal const int HopperSm = 90;

    readonly CudaDevice _device;
    readonly Action<EinsumException>? _note;

    /// <summary>Whether a compiler of the version knows sm_90a, which has Hopper's own instructions (wgmma): NVRTC does from version 12 on.</summary>
    internal static bool KnowsHopper(int major) => major >= 12;

    /// <param name="device">What is compiled for.</param>
    /// <param name="note">Is told where what was compiled is not taken back, which is no reason to do without it.</param>
    internal CudaCompiler(CudaDevice device, Action<EinsumException>? note = null)
    {
        (_device, _note) = (device, note);
        Check("nvrtcVersion", Nvrtc.Version(out var major, out var minor));
        Version = $"NVRTC {major}.{minor}";
        var archs = Archs();
        var sm = device.Limits.Sm;
        var own = sm == HopperSm && KnowsHopper(major) ? "90a" : $"{sm}";
        IsMachineCode = archs.Length == 0 || archs.Contains(sm);
        Options = [IsMachineCode ? $"--gpu-architecture=sm_{own}" : $"--gpu-architecture=compute_{archs.Where(arch => arch <= sm).DefaultIfEmpty(archs[0]).Max()}", "--std=c++14"];
    }

    INvrtc Nvrtc => _device.Compiler;

    internal string Version { get; }

    internal string[] Options { get; }

    bool IsMachineCode { get; }

    /// <summary>The image that the driver loads.</summary>
    /// <exception cref="EinsumException">The source does not compile (EIN0703).</exception>
    internal byte[] Compile(string source)
    {
        Check("nvrtcCreateProgram", Nvrtc.CreateProgram(out var program, source, "einsum.cu"));
        try
        {
            var code = Nvrtc.CompileProgram(program, Options);
            if (code != 0) throw GpuErrors.Compiler(_device.Limits.Name, $"nvrtcCompileProgram ({Nvrtc.NameOf(code)})", Log(program), source);
            return IsMachineCode ? Cubin(program) : Ptx(program);
        }
        finally
        {
            if (Nvrtc.DestroyProgram(program) is not 0 and var code) _note?.Invoke(Error("nvrtcDestroyProgram", code));
        }
    }

    unsafe int[] Archs()
    {
        Check("nvrtcGetNumSupportedArchs", Nvrtc.GetNumSupportedArchs(out var count));
        var archs = new int[count];
        fixed (int* first = archs) Check("nvrtcGetSupportedArchs", Nvrtc.GetSupportedArchs(first));
        return archs;
    }

    unsafe byte[] Cubin(nint program)
    {
        Check("nvrtcGetCUBINSize", Nvrtc.GetCubinSize(program, out var size));
        var image = new byte[size];
        fixed (byte* first = image) Check("nvrtcGetCUBIN", Nvrtc.GetCubin(program, first));
        return image;
    }

    unsafe byte[] Ptx(nint program)
    {
        Check("nvrtcGetPTXSize", Nvrtc.GetPtxSize(program, out var size));
        var image = new byte[size];
        fixed (byte* first = image) Check("nvrtcGetPTX", Nvrtc.GetPtx(program, first));
        return image;
    }

    /// <summary>What the compiler says, or why it does not: the source's error is the one that is told.</summary>
    unsafe string Log(nint program)
    {
        var code = Nvrtc.GetProgramLogSize(program, out var size);
        if (code != 0) return $"nothing: nvrtcGetProgramLogSize gives {Nvrtc.NameOf(code)} ({code})";
        var log = new byte[size];
        fixed (byte* first = log) code = Nvrtc.GetProgramLog(program, first);
        return code == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0') : $"nothing: nvrtcGetProgramLog gives {Nvrtc.NameOf(code)} ({code})";
    }

    void Check(string call, int code)
    {
        if (code != 0) throw Error(call, code);
    }

    EinsumException Error(string call, int code) => GpuErrors.Call(_device.Limits.Name, call, Nvrtc.NameOf(code), code);
}
