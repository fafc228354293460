using System.CommandLine;
using EinsumNet.Tool.Numpy;

namespace EinsumNet.Tool;

/// <summary>The <c>einsum</c> command: parses arguments, runs one subcommand, turns what the user got wrong into a message and exit code 2.</summary>
static class Cli
{
    internal const int Success = 0;
    internal const int BadInput = 2;

    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        // An argument that starts with @ is a file's name here, not a file of arguments.
        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            var why = string.Join("; ", parsed.Errors.Select(item => item.Message.TrimEnd('.')));
            new Terminal(error).Error($"{why} (einsum --help shows examples)");
            return BadInput;
        }
        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    static RootCommand Root()
    {
        var threads = new Option<int?>("--threads") { Description = "Use at most N threads.", HelpName = "N", Recursive = true };
        threads.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var count) && count > 0))
                result.AddError($"--threads takes a positive number, not '{text}'");
        });
        var root = new RootCommand(Help.Root) { HelpName = "einsum" };
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        root.Add(threads);
        root.Add(EvalCommand.Create(threads));
        root.Add(PlanCommand.Create(threads));
        root.Add(DemoCommand.Create(threads));
        return root;
    }

    /// <summary>Runs a subcommand with a new engine. The user's errors become messages; everything else is a bug and keeps its trace.</summary>
    internal static int Guard(ParseResult parsed, Option<int?> threads, Action<EinsumEngine, TextWriter> work)
    {
        var configuration = parsed.InvocationConfiguration;
        var terminal = new Terminal(configuration.Error);
        try
        {
            var options = new EinsumOptions();
            if (parsed.GetValue(threads) is { } count) options = options with { MaxThreads = count };
            work(new EinsumEngine(options), configuration.Output);
            return Success;
        }
        catch (EinsumException error)
        {
            terminal.Line(error.Message);
        }
        // An IOException that gets here is the output's: a full disk behind a redirection.
        catch (Exception error) when (error is NumpyFormatException or UsageException or IOException)
        {
            terminal.Error(error.Message);
        }
        catch (OutOfMemoryException)
        {
            terminal.Error("not enough memory");
        }
        return BadInput;
    }
}
