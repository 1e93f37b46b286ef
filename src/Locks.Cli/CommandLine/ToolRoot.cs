using System.CommandLine;
using System.CommandLine.Help;
using Locks.Cli.Completion;
using Locks.Cli.Connection;
using Locks.Cli.Doctor;
using Locks.Cli.Hold;
using Locks.Cli.Inspect;
using Locks.Cli.Intervene;
using Locks.Cli.Run;

namespace Locks.Cli.CommandLine;

/// <summary>The tool with all of its commands.</summary>
internal static class ToolRoot
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
        root.Subcommands.Add(new AcquireCommand(environment, connection));
        root.Subcommands.Add(new RenewCommand(environment, connection));
        root.Subcommands.Add(new ReleaseCommand(environment, connection));
        root.Subcommands.Add(new ListCommand(environment, connection));
        root.Subcommands.Add(new ShowCommand(environment, connection));
        root.Subcommands.Add(new WatchCommand(environment, connection));
        root.Subcommands.Add(new LeasesCommand(environment, connection));
        root.Subcommands.Add(new DeadlocksCommand(environment, connection));
        root.Subcommands.Add(new ForceReleaseCommand(environment, connection));
        root.Subcommands.Add(new CancelWaiterCommand(environment, connection));
        root.Subcommands.Add(new DoctorCommand(environment, connection));
        root.Subcommands.Add(new CompletionCommand(environment));
        root.Subcommands.Add(new CompleteCommand(environment, root));
        return root;
    }
}
