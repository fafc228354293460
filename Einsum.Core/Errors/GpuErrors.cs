using System.Globalization;

namespace EinsumNet;

/// <summary>What can go wrong on a GPU: EIN07xx.</summary>
static class GpuErrors
{
    internal static EinsumException NoDevice(string why) =>
        new ErrorText("EIN0701", $"there is no GPU to run on: {why}.").Hint($"GpuDevice.All lists the devices, and GpuDevice.Missing why a runtime is missing.").ToException();

    internal static EinsumException Call(string device, string call, string name, long code) =>
        new ErrorText("EIN0702", $"{call} failed on {device} with {name} ({code}).").ToException();

    internal static EinsumException Compiler(string device, string call, string log, string source) =>
        new ErrorText("EIN0703", $"a kernel does not compile on {device}: {call} says\n{Indented(log.Trim())}\n  of the source\n{Numbered(source)}").ToException();

    internal static EinsumException OutOfMemory(string device, long bytes, string why) =>
        new ErrorText("EIN0704", $"{device} has no room for a buffer of {bytes} bytes: {why}.")
            .Hint($"dispose device tensors, set GpuOptions.MemoryBudget, or limit intermediates by EinsumOptions.MemoryLimit.").ToException();

    internal static EinsumException TooManyTensors(int most) =>
        new ErrorText("EIN0704", $"there are {most} device tensors already, which is the most.").Hint($"dispose device tensors, or let one hold what several do.").ToException();

    internal static EinsumException OutOfHostMemory(string device, long bytes, string call) =>
        new ErrorText("EIN0704", $"the host has no room for {bytes} bytes that {device} copies through: {call} gives none.")
            .Hint($"await what is under way before more is started, or copy less at once.").ToException();

    internal static EinsumException ElementType(string device, ElementType element) =>
        new ErrorText("EIN0705", $"{device} has no 64-bit floating point, which {element.Name()} needs.").Hint($"use float, or another device.").ToException();

    internal static EinsumException Resident(string why) => new ErrorText("EIN0706", $"a device tensor cannot be used here: {why}.").ToException();

    internal static EinsumException Lost(string device, string call, string name, long code) =>
        new ErrorText("EIN0707", $"{device} is lost: {call} failed with {name} ({code}), and nothing that follows can succeed.")
            .Hint($"make a new GpuBackend; tensors on the old one are gone.").ToException();

    internal static EinsumException Lost(string device) =>
        new ErrorText("EIN0707", $"{device} is lost: an earlier call failed, and nothing that follows can succeed.")
            .Hint($"make a new GpuBackend; tensors on the old one are gone.").ToException();

    internal static EinsumException Limit(string device, string what, long needed, long limit) =>
        new ErrorText("EIN0708", $"a kernel needs {needed} {what}; the limit on {device} is {limit}.").ToException();

    internal static EinsumException Foreign(string why) =>
        new ErrorText("EIN0709", $"the context cannot be adopted: {why}.").ToException();

    static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => $"    {line.TrimEnd()}"));

    static string Numbered(string source) =>
        string.Join('\n', source.TrimEnd().Split('\n').Select((line, i) => string.Create(CultureInfo.InvariantCulture, $"    {i + 1,4}  {line.TrimEnd()}")));
}
