using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Contracts;
using Locks.Server.Configuration;

namespace Locks.Cli.Connection;

/// <summary>The options that say where the coordinators are; every command has them.</summary>
internal sealed class ConnectionOptions(ToolEnvironment environment)
{
    private const string BrokerVariable = "LOCKS_BROKER";
    private const string QueueVariable = "LOCKS_QUEUE";
    private const string DefaultBroker = "amqp://guest:guest@localhost:5672/";
    private const string DefaultQueue = "locks";
    private const string BrokerForm = "amqp://user:password@host:5672/virtual-host, or the same with amqps";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    private readonly Option<string?> _broker = new("--broker")
    {
        Description = $"The RabbitMQ of the coordinators; {BrokerVariable} is the better place, because other users see arguments "
            + $"(default {DefaultBroker})",
        HelpName = "amqp://…",
        Recursive = true,
    };

    private readonly Option<string?> _queue = new("--queue")
    {
        Description = $"The coordinators' queue; also {QueueVariable} (default {DefaultQueue})",
        HelpName = "NAME",
        Recursive = true,
    };

    private readonly DurationOption _timeout = new(
        "--request-timeout",
        $"How long to wait for an answer of the coordinators (default {Duration.Format(DefaultTimeout)})",
        CheckTimeout)
    {
        Recursive = true,
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Write the log of the connection to standard error",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        root.Options.Add(_broker);
        root.Options.Add(_queue);
        root.Options.Add(_timeout);
        root.Options.Add(_verbose);
    }

    /// <summary>Reads the options, and the environment behind them.</summary>
    /// <exception cref="UsageException">The broker's address can't be read.</exception>
    public ConnectionSettings Read(ParseResult parsed)
    {
        var (source, text) = parsed.GetValue(_broker) is { } given ? (_broker.Name, given)
            : environment.Variable(BrokerVariable) is { Length: > 0 } variable ? (BrokerVariable, variable)
            : (_broker.Name, DefaultBroker);
        if (!BrokerAddress.TryParse(text, out var broker) || broker == BrokerAddress.InMemory)
            throw new UsageException($"{source} is '{BrokerAddress.WithoutSecrets(text)}'; it must be {BrokerForm}");

        var queue = parsed.GetValue(_queue) ?? environment.Variable(QueueVariable);
        return new ConnectionSettings(
            broker, string.IsNullOrWhiteSpace(queue) ? DefaultQueue : queue, parsed.GetValue(_timeout) ?? DefaultTimeout,
            parsed.GetValue(_verbose));
    }

    private static ValidationError? CheckTimeout(TimeSpan timeout) =>
        timeout >= TimeSpan.FromMilliseconds(100) && timeout <= TimeSpan.FromMinutes(10)
            ? null
            : new ValidationError("RequestTimeout", $"is {Duration.Format(timeout)}; it must be between 100ms and 10m");
}
