using Spectre.Console;

namespace PaymentCapture.Running;

/// <summary>What is told on standard error while a run goes on.</summary>
internal static class Notes
{
    public static IAnsiConsole Terminal { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Whether somebody watches, so that a bar can be drawn.</summary>
    public static bool AreWatched { get; } = Terminal.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };

    public static void Write(string line)
    {
        if (AreWatched)
            Terminal.WriteLine(line); // above the bar
        else
            Console.Error.WriteLine(line);
    }
}
