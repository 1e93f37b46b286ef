using System.CommandLine;

namespace SuspendedHolder.CommandLine;

/// <summary>The command line: its options, and what they may be.</summary>
internal sealed class StoryCommand : RootCommand
{
    private static readonly Option<string?> Broker = SharedOptions.Broker();

    private static readonly Option<string?> Store = SharedOptions.Store();

    private static readonly Option<bool> NoFence = new("--no-fence") { Description = "Show what happens when the account accepts every write" };

    private static readonly Option<Role> ItsRole = new("--role") { Hidden = true };

    private static readonly Option<string> Run = SharedOptions.Run();

    public StoryCommand(Func<StorySettings, CancellationToken, Task<int>> action)
        : base("Suspends the holder of a lock until its lease has ended and another one holds the lock, and wakes it for a late write. With "
            + "--broker and --store, the holder is a process that is really suspended.")
    {
        Option[] options = [Broker, Store, NoFence, ItsRole, Run];
        foreach (var option in options)
            Options.Add(option);

        SetAction((result, cancellationToken) => action(Read(result), cancellationToken));
    }

    /// <summary>What is wrong with a command line, in plain sentences.</summary>
    public static IReadOnlyList<string> Check(ParseResult result)
    {
        if (result.Errors.Count > 0)
            return [.. result.Errors.Select(error => error.Message)];
        return SharedOptions.CheckServers(result, Broker, Store) is { } problem ? [problem] : [];
    }

    private static StorySettings Read(ParseResult result) => new(
        SharedOptions.ServersOf(result, Broker, Store),
        WithFence: !result.GetValue(NoFence),
        result.GetValue(ItsRole),
        result.GetValue(Run)!);
}
