using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>Finds the drivers' libraries under the names that they have on each system.</summary>
static class NativeLibraries
{
    internal const string OpenCl = "OpenCL";
    internal const string Cuda = "cuda";
    internal const string Nvrtc = "nvrtc";
    internal const string CuBlas = "cublas";

    /// <summary>The names to try, in order. libOpenCL.so without .1 is only a link for developers.</summary>
    static string[] NamesOf(string library) => library switch
    {
        OpenCl when OperatingSystem.IsWindows() => ["OpenCL.dll"],
        OpenCl when OperatingSystem.IsMacOS() => ["/System/Library/Frameworks/OpenCL.framework/OpenCL"],
        OpenCl => ["libOpenCL.so.1"],
        Cuda => OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1"],
        Nvrtc => OperatingSystem.IsWindows() ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"] : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"],
        CuBlas => OperatingSystem.IsWindows() ? ["cublas64_13.dll", "cublas64_12.dll", "cublas64_11.dll"] : ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11"],
        _ => [],
    };

#pragma warning disable CA2255 // The imports below are resolved before anything of this assembly runs.
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
#pragma warning restore CA2255

    /// <summary>Why the library is missing, or null where it is there.</summary>
    internal static string? WhyMissing(string library) =>
        NamesOf(library).Any(name => NativeLibrary.TryLoad(name, out _)) ? null : $"{string.Join(", ", NamesOf(library))} not found";

    static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var name in NamesOf(library))
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        // Zero lets the platform say that it is missing.
        return 0;
    }
}
