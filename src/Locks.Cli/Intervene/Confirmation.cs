using System.CommandLine;
using Locks.Cli.CommandLine;

namespace Locks.Cli.Intervene;

/// <summary>Has a person confirm what takes something from another owner.</summary>
internal sealed class Confirmation
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask; needed where standard input is no terminal" };

    public void AddTo(Command command) => command.Options.Add(_yes);

    /// <param name="parsed">The command line.</param>
    /// <param name="environment">Where to ask.</param>
    /// <param name="question">What is about to happen.</param>
    /// <returns>Whether to go on.</returns>
    /// <exception cref="UsageException">There is no person to ask.</exception>
    public bool Ask(ParseResult parsed, ToolEnvironment environment, string question)
    {
        if (parsed.GetValue(_yes))
            return true;
        if (!environment.IsInputTerminal)
            throw new UsageException($"{_yes.Name} is missing, and standard input is no terminal to ask on");

        environment.Errors.Write($"{question} [y/N] ");
        environment.Errors.Flush();
        if (environment.Input.ReadLine()?.Trim() is "y" or "Y" or "yes")
            return true;

        environment.Report("nothing was changed");
        return false;
    }
}
