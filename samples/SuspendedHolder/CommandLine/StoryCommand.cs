using System.CommandLine;

namespace SuspendedHolder.CommandLine;

/// <summary>The command line: its options, and what they may be.</summary>
internal sealed class StoryCommand : RootCommand
{
    private const string HowToStart =
        """
        This sample suspends a process while it holds a lock, so it needs real processes, and servers that they share:
          --broker amqp://user:password@host:5672/    a RabbitMQ
          --store "Host=localhost;Username=…;…"       a PostgreSQL database
        If there are none at hand, start some on this machine for as long as you need them:
          eng/services start /tmp/locks && . /tmp/locks/env
          dotnet run --project samples/SuspendedHolder -- --broker "$LOCKS_TEST_RABBITMQ" --store "$LOCKS_TEST_POSTGRES"
          eng/services stop /tmp/locks
        """;

    private static readonly Option<string?> Broker = SharedOptions.Broker();

    private static readonly Option<string?> Store = SharedOptions.Store();

    private static readonly Option<bool> NoFence = new("--no-fence") { Description = "Show what happens when the account accepts every write" };

    private static readonly Option<Role> ItsRole = new("--role") { Hidden = true };

    private static readonly Option<string> Run = new("--run") { Hidden = true, DefaultValueFactory = _ => RunName.New(TimeProvider.System) };

    public StoryCommand(Func<StorySettings, CancellationToken, Task<int>> action)
        : base("Suspends the holder of a lock until its lease has ended and another one holds the lock, and wakes it for a late write.")
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
        if (result.Action is System.CommandLine.Help.HelpAction)
            return [];
        return SharedOptions.ServersOf(result, Broker, Store) is null ? [HowToStart] : [];
    }

    private static StorySettings Read(ParseResult result) => new(
        SharedOptions.ServersOf(result, Broker, Store)!,
        WithFence: !result.GetValue(NoFence),
        result.GetValue(ItsRole),
        result.GetValue(Run)!);
}
