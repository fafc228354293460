using Spectre.Console;

namespace EinsumNet.Tool;

/// <summary>
/// Writes lines with style where a terminal shows it and as plain text anywhere else. Lines are never wrapped, since carets point into
/// the line above, and never read as markup, since equations hold square brackets.
/// </summary>
sealed class Terminal
{
    readonly IAnsiConsole _console;

    internal Terminal(TextWriter writer)
    {
        // Spectre by itself styles a redirected standard error too.
        var isTerminal = (writer == Console.Out && !Console.IsOutputRedirected) || (writer == Console.Error && !Console.IsErrorRedirected);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        _console.Profile.Width = 1 << 20;
    }

    internal void Line(string text = "") => Write(text, Style.Plain);

    internal void Heading(string text) => Write(text, new Style(decoration: Decoration.Bold));

    internal void Error(string message)
    {
        _console.Write(new Text("einsum: ", new Style(Color.Red)));
        Line(message);
    }

    void Write(string text, Style style)
    {
        _console.Write(new Text(text, style));
        _console.WriteLine();
    }
}
