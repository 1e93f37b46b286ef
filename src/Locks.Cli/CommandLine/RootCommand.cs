using System.CommandLine;
using System.CommandLine.Help;
using Locks.Cli.Connection;
using Locks.Cli.Run;

namespace Locks.Cli.CommandLine;

/// <summary>The tool with all of its commands.</summary>
internal static class RootCommand
{
    public const string ToolName = "locks";

    // System.CommandLine's own root command is called as the assembly, and has directives, which a key could look like.
    public static Command Create(ToolEnvironment environment)
    {
        var connection = new ConnectionOptions(environment);
        var root = new Command(ToolName, "Runs commands under a distributed lock, and looks at locks, over RabbitMQ");
        root.Options.Add(new HelpOption("--help", "-h") { Recursive = true, Action = new ToolHelp() });
        root.Options.Add(new VersionOption("--version") { Action = new ToolVersion() });
        connection.AddTo(root);
        root.Subcommands.Add(new RunCommand(environment, connection));
        return root;
    }
}
