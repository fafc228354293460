using System.Runtime.InteropServices;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>A device of an OpenCL platform, and what it says of itself.</summary>
sealed unsafe record OpenClDevice(nint Handle, string Platform, string PlatformVersion, string Driver, string Version, DeviceLimits Limits)
{
    const uint DeviceProfile = 0x102E;

    /// <summary>What errors call a device before its name is known.</summary>
    const string AnyDevice = "an OpenCL device";

    /// <summary>The devices of all platforms, and why there is none, or why one is left out.</summary>
    internal static (IReadOnlyList<OpenClDevice> Devices, IReadOnlyList<string> Missing) Find()
    {
        if (NativeLibraries.WhyMissing(NativeLibraries.OpenCl) is { } noLibrary) return ([], [noLibrary]);
        var signals = KeptSignals.Keep();
        string? notRestored;
        (IReadOnlyList<OpenClDevice> Devices, IReadOnlyList<string> Missing) found;
        try
        {
            found = FindOnPlatforms();
        }
        finally
        {
            notRestored = signals.Restore();
        }
        return notRestored is null ? found : (found.Devices, [.. found.Missing, notRestored]);
    }

    static (IReadOnlyList<OpenClDevice> Devices, IReadOnlyList<string> Missing) FindOnPlatforms()
    {
        uint count = 0;
        var code = OpenClNative.clGetPlatformIDs(0, null, &count);
        if (code == OpenClCodes.PlatformNotFound || code == 0 && count == 0) return ([], ["the OpenCL loader knows no platform: no driver is installed"]);
        if (code != 0) return ([], [$"clGetPlatformIDs gives {OpenClCodes.Name(code)} ({code})"]);
        var platforms = new nint[count];
        fixed (nint* first = platforms) code = OpenClNative.clGetPlatformIDs(count, first, null);
        if (code != 0) return ([], [$"clGetPlatformIDs gives {OpenClCodes.Name(code)} ({code})"]);
        var (devices, missing) = (new List<OpenClDevice>(), new List<string>());
        foreach (var platform in platforms)
        {
            var (handles, why) = Handles(platform);
            if (why is not null) missing.Add(why);
            foreach (var device in handles) Add(platform, device, devices, missing);
        }
        if (devices.Count + missing.Count == 0) missing.Add("the OpenCL platforms have no device");
        return (devices, missing);
    }

    /// <summary>Adds the device, or why it is left out: the others are of use without it.</summary>
    static void Add(nint platform, nint device, List<OpenClDevice> devices, List<string> missing)
    {
        try
        {
            var isAvailable = Number<uint>(device, OpenClCodes.DeviceAvailable) != 0;
            if (!isAvailable || Number<uint>(device, OpenClCodes.CompilerAvailable) == 0) missing.Add($"{Text(device, OpenClCodes.DeviceName)} {(isAvailable ? "has no compiler" : "is not available")}");
            else if (Text(device, DeviceProfile) == "EMBEDDED_PROFILE" && !Text(device, OpenClCodes.DeviceExtensions).Contains("cles_khr_int64"))
                missing.Add($"{Text(device, OpenClCodes.DeviceName)} has no 64-bit integers, which every kernel takes its sizes as");
            else if (Read(platform, device) is var read && read.Limits.WhyTooSmall is { } why) missing.Add(why);
            else devices.Add(read);
        }
        catch (EinsumException error)
        {
            missing.Add($"a device is left out: {error.Message}");
        }
    }

    /// <summary>The platform's devices, or why it does not tell them; that it has none is no failure.</summary>
    static (nint[] Devices, string? Why) Handles(nint platform)
    {
        uint count = 0;
        var code = OpenClNative.clGetDeviceIDs(platform, OpenClCodes.AllDevices, 0, null, &count);
        var devices = new nint[code == 0 ? count : 0];
        if (devices.Length > 0)
            fixed (nint* first = devices) code = OpenClNative.clGetDeviceIDs(platform, OpenClCodes.AllDevices, count, first, null);
        return code switch { 0 => (devices, null), OpenClCodes.DeviceNotFound => ([], null), _ => ([], OpenClCodes.WhyNoDevices(PlatformName(platform), code)) };
    }

    /// <summary>For messages, so that a platform without even a name is no other failure.</summary>
    static string PlatformName(nint platform)
    {
        try
        {
            return PlatformText(platform, OpenClCodes.PlatformName);
        }
        catch (EinsumException)
        {
            return "an OpenCL platform";
        }
    }

    /// <summary>What the device that is behind a handle says.</summary>
    internal static OpenClDevice Read(nint platform, nint device)
    {
        var name = Text(device, OpenClCodes.DeviceName);
        var items = stackalloc nuint[8];
        items[0] = items[1] = items[2] = 1;
        Check(name, OpenClNative.clGetDeviceInfo(device, OpenClCodes.MaxItemSizes, (nuint)(8 * sizeof(nuint)), items, null));
        var isProcessor = (Number<ulong>(device, OpenClCodes.DeviceType) & OpenClCodes.ProcessorDevice) != 0;
        var extensions = Text(device, OpenClCodes.DeviceExtensions);
        return new OpenClDevice(device, PlatformText(platform, OpenClCodes.PlatformName), PlatformText(platform, OpenClCodes.PlatformVersion), Text(device, OpenClCodes.DriverVersion), Text(device, OpenClCodes.DeviceVersion), new DeviceLimits(
            name, Int(Number<nuint>(device, OpenClCodes.MaxGroupSize)), Int(items[0]), Int(items[1]), Int(items[2]), MaxGroups: int.MaxValue,
            Int((nuint)Number<ulong>(device, OpenClCodes.LocalMemory)), (int)Number<uint>(device, OpenClCodes.MaxComputeUnits), isProcessor ? 1 : 32,
            HasDouble: extensions.Contains("cl_khr_fp64") || NumberIfKnown<ulong>(device, OpenClCodes.DoubleConfig) != 0,
            (long)Number<ulong>(device, OpenClCodes.GlobalMemory), (long)Number<ulong>(device, OpenClCodes.MaxAllocation), Sm: 0, isProcessor, MaxParameterBytes: Int(Number<nuint>(device, OpenClCodes.MaxParameterSize))));

        static int Int(nuint value) => (int)Math.Min(value, int.MaxValue);
    }

    internal string Identity => $"{Platform} {PlatformVersion} / {Limits.Name} / {Driver} / {Version}";

    static T Number<T>(nint device, uint name) where T : unmanaged
    {
        T value = default;
        Check(AnyDevice, OpenClNative.clGetDeviceInfo(device, name, (nuint)sizeof(T), &value, null));
        return value;
    }

    /// <summary>Zero where the device does not know what is asked for, as those before OpenCL 1.2 do not know whether they have doubles.</summary>
    static T NumberIfKnown<T>(nint device, uint name) where T : unmanaged
    {
        T value = default;
        var code = OpenClNative.clGetDeviceInfo(device, name, (nuint)sizeof(T), &value, null);
        if (code == OpenClCodes.InvalidValue) return default;
        Check(AnyDevice, code);
        return value;
    }

    static string Text(nint device, uint name)
    {
        nuint length = 0;
        Check(AnyDevice, OpenClNative.clGetDeviceInfo(device, name, 0, null, &length));
        var text = new byte[length];
        fixed (byte* first = text) Check(AnyDevice, OpenClNative.clGetDeviceInfo(device, name, length, first, null));
        return Decode(text);
    }

    static string PlatformText(nint platform, uint name)
    {
        nuint length = 0;
        Check(OpenClNative.clGetPlatformInfo(platform, name, 0, null, &length));
        var text = new byte[length];
        fixed (byte* first = text) Check(OpenClNative.clGetPlatformInfo(platform, name, length, first, null));
        return Decode(text);

        static void Check(int code)
        {
            if (code != 0) throw GpuErrors.Call("an OpenCL platform", "clGetPlatformInfo", OpenClCodes.Name(code), code);
        }
    }

    static string Decode(byte[] text) => Encoding.UTF8.GetString(text).TrimEnd('\0', ' ');

    static void Check(string device, int code)
    {
        if (code != 0) throw GpuErrors.Call(device, "clGetDeviceInfo", OpenClCodes.Name(code), code);
    }
}
