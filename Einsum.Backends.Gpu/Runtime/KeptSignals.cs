using System.Runtime.InteropServices;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Puts the process's handler of SIGFPE back when it is disposed. PoCL installs one, as it finds its devices, that skips the failed division, and then no division of
/// integers by zero throws any more in all of the process.
/// </summary>
readonly unsafe ref partial struct KeptSignals : IDisposable
{
    const int FloatingPointError = 8;

    /// <summary>More than a struct sigaction takes on any platform.</summary>
    const int ActionBytes = 512;

    readonly byte* _action;

    KeptSignals(byte* action) => _action = action;

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* before);

    /// <summary>Keeps what handles the signal now.</summary>
    internal static KeptSignals Keep()
    {
        if (OperatingSystem.IsWindows()) return default;
        var action = (byte*)NativeMemory.AllocZeroed(ActionBytes);
        if (sigaction(FloatingPointError, null, action) == 0) return new KeptSignals(action);
        NativeMemory.Free(action);
        return default;
    }

    public void Dispose()
    {
        if (_action == null) return;
        var code = sigaction(FloatingPointError, _action, null);
        NativeMemory.Free(_action);
        if (code != 0) throw GpuErrors.Call("the host", "sigaction", "an error of the system", code);
    }
}
