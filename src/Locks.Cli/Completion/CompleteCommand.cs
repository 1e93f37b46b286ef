using System.CommandLine;
using Locks.Cli.CommandLine;

namespace Locks.Cli.Completion;

/// <summary><c>locks complete</c>: what a line may go on with; the scripts of <see cref="CompletionCommand"/> call it.</summary>
internal sealed class CompleteCommand : ToolCommand
{
    private readonly Option<int?> _position = new("--position") { Description = "The cursor's place in the line (default its end)" };
    private readonly Argument<string> _line = new("LINE") { Description = "The line so far" };

    public CompleteCommand(ToolEnvironment environment, Command root)
        : base("complete", "Writes what a command line may go on with")
    {
        Hidden = true;
        Options.Add(_position);
        Arguments.Add(_line);
        SetAction(parsed =>
        {
            var line = parsed.GetRequiredValue(_line);
            foreach (var completion in Of(root, line, parsed.GetValue(_position) ?? line.Length))
                environment.Output.WriteLine(completion);
        });
    }

    /// <summary>The words that may come at a place of a line. What is behind <c>--</c> is another program's.</summary>
    private static IEnumerable<string> Of(Command root, string line, int position)
    {
        var before = line[..Math.Clamp(position, 0, line.Length)];
        return before.Contains(" -- ", StringComparison.Ordinal)
            ? []
            : root.Parse(before).GetCompletions(before.Length).Select(completion => completion.InsertText ?? completion.Label);
    }
}
