using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace EinsumNet.Tool;

/// <summary>Prints this assembly's version; the built-in action prints that of the process, which in tests is another program.</summary>
sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine($"einsum {version}");
        return Cli.Success;
    }
}
