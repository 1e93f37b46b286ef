using Locks.Cli.CommandLine;
using Spectre.Console;

namespace Locks.Cli.Output;

/// <summary>Standard output for tables.</summary>
internal static class ToolConsole
{
    // In a pipe no line is broken, however long it is.
    private const int WidthOfPipe = 10_000;

    public static IAnsiConsole Create(ToolEnvironment environment)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            // The library asks the terminal for its width by this one.
            Out = new AnsiConsoleOutput(environment.IsOutputTerminal ? Console.Out : environment.Output),
            Ansi = environment.IsOutputTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = environment.IsOutputTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!environment.IsOutputTerminal)
            console.Profile.Width = WidthOfPipe;
        return console;
    }
}
