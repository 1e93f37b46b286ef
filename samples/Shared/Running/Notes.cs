using Spectre.Console;

namespace Samples.Running;

/// <summary>What a sample reports on standard error while it runs.</summary>
public static class Notes
{
    /// <summary>Standard error.</summary>
    public static IAnsiConsole Terminal { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Whether standard error is a terminal, so that a bar can be drawn.</summary>
    public static bool IsTerminal { get; } = Terminal.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };

    /// <summary>Writes a line.</summary>
    public static void Write(string line)
    {
        if (IsTerminal)
            Terminal.WriteLine(line); // above the bar
        else
            Console.Error.WriteLine(line);
    }
}
