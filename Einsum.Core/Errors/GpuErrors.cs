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

    internal static EinsumException Lacks(string device, string what, ElementType element) =>
        new ErrorText("EIN0720", $"{device} has no {what}, so it cannot run an einsum on {element.Name()}.").ToException();

    static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => $"    {line.TrimEnd()}"));

    static string Numbered(string source) =>
        string.Join('\n', source.TrimEnd().Split('\n').Select((line, i) => string.Create(CultureInfo.InvariantCulture, $"    {i + 1,4}  {line.TrimEnd()}")));
}
