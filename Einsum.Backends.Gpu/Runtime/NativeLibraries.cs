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

    static readonly OSPlatform s_platform = OperatingSystem.IsWindows() ? OSPlatform.Windows : OperatingSystem.IsMacOS() ? OSPlatform.OSX : OSPlatform.Linux;

    /// <summary>The major version of CUDA that the driver is of; the newest where there is none, as compilers do without.</summary>
    static readonly Lazy<int> s_driver = new(() => WhyMissing(Cuda) is null && ((ICudaDriver)new CudaLibrary()).DriverGetVersion(out var version) == 0 ? version / 1000 : int.MaxValue);

    /// <summary>The names to try, in order, and the major version of CUDA that each is of, 0 where any driver takes it. libOpenCL.so without .1 is only a link for developers.</summary>
    internal static (string Name, int Major)[] NamesOf(string library, OSPlatform platform)
    {
        var isWindows = platform == OSPlatform.Windows;
        return library switch
        {
            OpenCl => [(isWindows ? "OpenCL.dll" : platform == OSPlatform.OSX ? "/System/Library/Frameworks/OpenCL.framework/OpenCL" : "libOpenCL.so.1", 0)],
            Cuda => [(isWindows ? "nvcuda.dll" : "libcuda.so.1", 0)],
            Nvrtc => isWindows ? [("nvrtc64_130_0.dll", 13), ("nvrtc64_120_0.dll", 12), ("nvrtc64_112_0.dll", 11)] : [("libnvrtc.so.13", 13), ("libnvrtc.so.12", 12), ("libnvrtc.so.11.2", 11)],
            CuBlas => isWindows ? [("cublas64_13.dll", 13), ("cublas64_12.dll", 12), ("cublas64_11.dll", 11)] : [("libcublas.so.13", 13), ("libcublas.so.12", 12), ("libcublas.so.11", 11)],
            _ => [],
        };
    }

#pragma warning disable CA2255 // The imports below are resolved before anything of this assembly runs.
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
#pragma warning restore CA2255

    /// <summary>Why the library is missing, or null where it is there.</summary>
    internal static string? WhyMissing(string library) => WhyMissing(NamesOf(library, s_platform), DriverFor(library), name => NativeLibrary.TryLoad(name, out _));

    internal static string? WhyMissing((string Name, int Major)[] names, int driver, Func<string, bool> isThere) =>
        Usable(names, driver).Any(isThere) ? null : string.Join(", ", names.GroupBy(name => name.Major > driver && isThere(name.Name), name => name.Name).OrderBy(group => group.Key)
            .Select(group => $"{string.Join(", ", group)} {(group.Key ? $"newer than the driver, which is of CUDA {driver}" : "not found")}"));

    /// <summary>Of a newer major version than the driver's a compiler's machine code cannot be loaded, and a library does not start.</summary>
    internal static IEnumerable<string> Usable((string Name, int Major)[] names, int driver) => names.Where(name => name.Major <= driver).Select(name => name.Name);

    static int DriverFor(string library) => library is Nvrtc or CuBlas ? s_driver.Value : int.MaxValue;

    static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var name in Usable(NamesOf(library, s_platform), DriverFor(library)))
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        // Zero lets the platform say that it is missing.
        return 0;
    }
}
