using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text;
using Locks.Server.Configuration;
using Locks.Transport;
using Locks.Transport.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ConnectionSettings = Locks.Cli.Connection.ConnectionSettings;

namespace Locks.Cli.Doctor;

/// <summary>Looks at the broker itself, without the lock client: the connection, the permissions, and the coordinators' queue.</summary>
internal sealed class BrokerCheck(ConnectionSettings settings)
{
    private const string Broker = "broker";
    private const string Permissions = "permissions";
    private const string Queue = "queue";

    // A queue that is this long has not been read for a while.
    private const uint LongQueue = 1_000;

    /// <returns>What was found; the last of it a failure where the next check would make no sense.</returns>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        IConnection connection;
        try
        {
            connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnreachableException unreachable)
        {
            return [Unreachable(unreachable)];
        }

        await using (connection.ConfigureAwait(false))
        {
            return
            [
                Connected(connection),
                await CheckPermissionsAsync(connection, cancellationToken).ConfigureAwait(false),
                await CheckQueueAsync(connection, cancellationToken).ConfigureAwait(false),
            ];
        }
    }

    /// <summary>What the coordinators' queue says: whether any of them reads it.</summary>
    /// <param name="queueName">The queue.</param>
    /// <param name="consumers">How many read it.</param>
    /// <param name="messages">How many messages wait in it.</param>
    public static CheckResult Judge(string queueName, uint consumers, uint messages)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"'{queueName}' has {consumers} consumers and {messages} messages");
        return consumers == 0
            ? CheckResult.Fail(Queue, found, "start a coordinator, or look in its log: one that waits for its store does not read yet")
            : messages >= LongQueue
                ? CheckResult.Warn(Queue, found, "look whether the coordinators are overloaded or hang, in their logs")
                : CheckResult.Ok(Queue, found);
    }

    /// <summary>Why a broker can't be used, and what to do.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="failure">What the attempt to connect failed with.</param>
    public static CheckResult Explain(BrokerAddress broker, Exception failure)
    {
        var causes = Causes(failure).ToList();
        var advice = causes.Exists(cause => cause is AuthenticationFailureException)
            ? "check the user and the password"
            : causes.Exists(cause => cause is OperationInterruptedException)
                ? "check the virtual host, and the user's permissions in it"
                : causes.Exists(cause => cause is AuthenticationException)
                    ? "check the broker's certificate: it must be for this host name, and of an authority that this machine trusts"
                    : "check the address and the port, that the broker runs, and that no firewall is between";
        return CheckResult.Fail(Broker, $"{broker} can't be used: {causes[^1].Message}", advice);
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var broker = settings.Broker;
        var factory = new ConnectionFactory
        {
            VirtualHost = broker.VirtualHost,
            UserName = broker.User,
            Password = broker.Password,
            RequestedConnectionTimeout = settings.RequestTimeout,
            AutomaticRecoveryEnabled = false,
        };
        var ssl = new SslOption(broker.Host, enabled: broker.Tls);
        var nodes = broker.Nodes.Select(node => new Uri($"amqp://{node}")).Select(node => new AmqpTcpEndpoint(node.Host, node.Port, ssl));
        return factory.CreateConnectionAsync(nodes, "locks doctor", cancellationToken);
    }

    private CheckResult Connected(IConnection connection)
    {
        var found = $"{settings.Broker}, {Property(connection, "product")} {Property(connection, "version")}";
        return settings.Broker.Tls || IsOnThisMachine(settings.Broker.Host)
            ? CheckResult.Ok(Broker, found)
            : CheckResult.Warn(
                Broker, $"{found}, without TLS", "use amqps where the network is not trusted: the password travels in the clear");
    }

    private CheckResult Unreachable(BrokerUnreachableException failure) => Explain(settings.Broker, failure);

    /// <summary>Declares, writes to and reads a queue of its own, as the client does.</summary>
    private async Task<CheckResult> CheckPermissionsAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var name = $"{settings.QueueName}-doctor-{Guid.CreateVersion7():N}";
        try
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await using var _ = channel.ConfigureAwait(false);
            await channel.QueueDeclareAsync(
                name, durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.ExchangeDeclareAsync(
                name, ExchangeType.Fanout, durable: false, autoDelete: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueBindAsync(name, name, routingKey: "", cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.BasicGetAsync(name, autoAck: true, cancellationToken).ConfigureAwait(false);
            await channel.QueueDeleteAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false);
            return CheckResult.Ok(Permissions, $"'{settings.Broker.User}' may configure, write and read");
        }
        catch (OperationInterruptedException refused)
        {
            return CheckResult.Fail(
                Permissions, $"'{settings.Broker.User}' lacks a permission: {refused.ShutdownReason?.ReplyText}",
                AccessRefusal.Explain(refused, LockRole.Client, settings.QueueName) ?? "look in the broker's log");
        }
    }

    private async Task<CheckResult> CheckQueueAsync(IConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await using var _ = channel.ConfigureAwait(false);
            var queue = await channel.QueueDeclarePassiveAsync(settings.QueueName, cancellationToken).ConfigureAwait(false);
            return Judge(settings.QueueName, queue.ConsumerCount, queue.MessageCount);
        }
        catch (OperationInterruptedException refused)
        {
            return CheckResult.Fail(
                Queue, $"'{settings.QueueName}' can't be looked at: {refused.ShutdownReason?.ReplyText}",
                AccessRefusal.Explain(refused, LockRole.Client, settings.QueueName)
                    ?? "start a coordinator, which creates the queue, or check the queue's name and the virtual host");
        }
    }

    private static string Property(IConnection connection, string name) =>
        connection.ServerProperties?.TryGetValue(name, out var value) is true && value is byte[] text
            ? Encoding.UTF8.GetString(text)
            : "";

    private static bool IsOnThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        while (failure is not null)
        {
            yield return failure;
            failure = failure is AggregateException { InnerExceptions: [var first, ..] } ? first : failure.InnerException;
        }
    }
}
