using System.CommandLine;

namespace Samples.CommandLine;

/// <summary>The command line of a sample whose callers are one process, with a coordinator inside or beside it.</summary>
public static class CallerCommand
{
    /// <summary>Runs the sample.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="name">The sample, in the name of the coordinator's queue.</param>
    /// <param name="description">What the sample does.</param>
    /// <param name="action">Does it. Returns the exit code.</param>
    /// <param name="isTrouble">Which exceptions are no bugs: their message is printed.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        string[] args,
        string name,
        string description,
        Func<CallerSettings, CancellationToken, Task<int>> action,
        Func<Exception, bool> isTrouble)
    {
        var (broker, store, run) = (SharedOptions.Broker(), SharedOptions.Store(), SharedOptions.Run());
        var isCoordinator = new Option<bool>("--coordinator") { Hidden = true };
        var command = new RootCommand($"{description} With --broker and --store, the coordinator is a process of its own.")
        {
            broker, store, isCoordinator, run,
        };
        command.SetAction((result, cancellationToken) => action(
            new CallerSettings(
                SharedOptions.ServersOf(result, broker, store),
                result.GetValue(isCoordinator),
                result.GetValue(run)!,
                LockQueue: $"{name}-{result.GetValue(run)}-locks"),
            cancellationToken));

        var parsed = command.Parse(args);
        IReadOnlyList<string> problems =
        [
            .. parsed.Errors.Select(error => error.Message),
            .. parsed.Errors.Count == 0 && SharedOptions.CheckServers(parsed, broker, store) is { } problem ? [problem] : Array.Empty<string>(),
        ];
        return CommandLines.RunAsync(parsed, problems, isTrouble);
    }
}
