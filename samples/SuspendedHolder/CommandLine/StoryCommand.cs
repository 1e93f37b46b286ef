using System.CommandLine;
using Npgsql;
using SuspendedHolder.Hosting;

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

    private static readonly Option<string?> Broker = new("--broker")
    {
        Description = "The RabbitMQ that the processes share",
        HelpName = "amqp://…",
    };

    private static readonly Option<string?> Store = new("--store")
    {
        Description = "The PostgreSQL database that the processes share",
        HelpName = "Host=…",
    };

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
        return (result.GetValue(Broker), result.GetValue(Store)) switch
        {
            (null, _) or (_, null) => [HowToStart],
            ({ } broker, _) when !IsBroker(broker) => [$"--broker must be like amqp://user:password@host:5672/, not '{broker}'."],
            (_, { } store) when !IsConnectionString(store) => ["--store must be like Host=localhost;Username=…;Password=…;Database=…."],
            _ => [],
        };
    }

    private static StorySettings Read(ParseResult result) => new(
        new Servers(new Uri(result.GetValue(Broker)!), result.GetValue(Store)!),
        WithFence: !result.GetValue(NoFence),
        result.GetValue(ItsRole),
        result.GetValue(Run)!);

    private static bool IsBroker(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "amqp" or "amqps" };

    private static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
