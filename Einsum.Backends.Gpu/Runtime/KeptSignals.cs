using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Puts the process's handler of SIGFPE back. PoCL installs one, as it finds its devices, that skips the failed division, and then no division of
/// integers by zero throws any more in all of the process.
/// </summary>
readonly unsafe ref partial struct KeptSignals
{
    const int FloatingPointError = 8;

    /// <summary>More than a struct sigaction takes on any platform.</summary>
    const int ActionBytes = 512;

    readonly int _signal;
    readonly byte* _action;

    KeptSignals(int signal, byte* action)
    {
        _signal = signal;
        _action = action;
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* before);

    /// <summary>Keeps what handles the signal now.</summary>
    internal static KeptSignals Keep(int signal = FloatingPointError)
    {
        if (OperatingSystem.IsWindows()) return default;
        var action = (byte*)NativeMemory.AllocZeroed(ActionBytes);
        if (sigaction(signal, null, action) == 0) return new KeptSignals(signal, action);
        NativeMemory.Free(action);
        return default;
    }

    /// <summary>Puts it back, once; why that did not work, or null.</summary>
    internal string? Restore()
    {
        if (_action == null) return null;
        var code = sigaction(_signal, _action, null);
        NativeMemory.Free(_action);
        return code == 0 ? null : "the process's handler of divisions by zero was not put back after OpenCL's devices were looked for: sigaction failed";
    }
}
