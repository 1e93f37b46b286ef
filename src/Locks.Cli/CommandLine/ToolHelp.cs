using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Locks.Cli.CommandLine;

/// <summary>The help of a command, with its examples.</summary>
internal sealed class ToolHelp : SynchronousCommandLineAction
{
    // The same on every terminal, and in a pipe.
    private const int Width = 110;

    private readonly HelpAction _help = new() { MaxWidth = Width };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is not ToolCommand { Examples.Count: > 0 } command)
            return result;

        output.WriteLine("Examples:");
        var longest = command.Examples.Max(example => example.Line.Length);
        foreach (var example in command.Examples)
            output.WriteLine($"  {example.Line.PadRight(longest)}  {example.What}");
        foreach (var remark in command.Remarks)
            output.WriteLine(remark);
        return result;
    }
}
