namespace EinsumNet.Backends.Gpu;

/// <summary>
/// CUDA C to machine code. Machine code is preferred to PTX, which drivers older than the compiler reject; PTX is for devices newer than the compiler.
/// </summary>
sealed class CudaCompiler
{
    internal const int HopperSm = 90;

    readonly CudaDevice _device;

    /// <summary>Whether the compiler knows sm_90a, which has Hopper's own instructions (wgmma): NVRTC does from version 12 on.</summary>
    internal static bool KnowsHopper(INvrtc compiler) => compiler.Version(out var major, out _) == 0 && major >= 12;

    internal CudaCompiler(CudaDevice device)
    {
        _device = device;
        Version = device.Compiler.Version(out var major, out var minor) == 0 ? $"NVRTC {major}.{minor}" : "NVRTC";
        var archs = device.Compiler.SupportedArchs();
        var sm = device.Limits.Sm;
        var own = sm == HopperSm && KnowsHopper(device.Compiler) ? "90a" : $"{sm}";
        IsMachineCode = archs.Length == 0 || archs.Contains(sm);
        Options = [IsMachineCode ? $"--gpu-architecture=sm_{own}" : $"--gpu-architecture=compute_{archs.Where(arch => arch <= sm).DefaultIfEmpty(archs[0]).Max()}", "--std=c++14"];
    }

    internal string Version { get; }

    internal string[] Options { get; }

    bool IsMachineCode { get; }

    /// <summary>The image that the driver loads.</summary>
    /// <exception cref="EinsumException">The source does not compile (EIN0703).</exception>
    internal byte[] Compile(string source)
    {
        var compiler = _device.Compiler;
        Check("nvrtcCreateProgram", compiler.CreateProgram(out var program, source, "einsum.cu"));
        try
        {
            var code = compiler.CompileProgram(program, Options);
            if (code != 0) throw GpuErrors.Compiler(_device.Limits.Name, $"nvrtcCompileProgram ({compiler.NameOf(code)})", compiler.Log(program), source);
            var image = IsMachineCode ? compiler.Cubin(program) : compiler.Ptx(program);
            return image ?? throw GpuErrors.Call(_device.Limits.Name, IsMachineCode ? "nvrtcGetCUBIN" : "nvrtcGetPTX", "no image", 0);
        }
        finally
        {
            _ = compiler.DestroyProgram(program);
        }
    }

    void Check(string call, int code)
    {
        if (code != 0) throw GpuErrors.Call(_device.Limits.Name, call, _device.Compiler.NameOf(code), code);
    }
}
