using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace PaymentCapture.Hosting;

/// <summary>The broker and the database that processes share.</summary>
internal sealed record Servers(Uri Broker, string Store)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Says what is wrong with them, if anything is, before a bus would try again for ever.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
        }
        catch (Exception trouble) when (trouble is BrokerUnreachableException or OperationInterruptedException or IOException)
        {
            throw new CaptureException($"The broker at {Broker.Host}:{Broker.Port} can't be used: {Innermost(trouble).Message}", trouble);
        }

        try
        {
            await using var database = NpgsqlDataSource.Create(Store);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw new CaptureException($"The database can't be used: {Innermost(trouble).Message}", trouble);
        }
    }

    /// <summary>Removes what a run leaves on the broker.</summary>
    public async Task RemoveAsync(Queues queues, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var queue in new[] { queues.Payments, queues.Locks })
        {
            foreach (var name in new[] { queue, $"{queue}_error", $"{queue}_skipped" })
            {
                await channel.QueueDeleteAsync(name, cancellationToken: cancellationToken);
                await channel.ExchangeDeleteAsync(name, cancellationToken: cancellationToken);
            }
        }
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = Broker, RequestedConnectionTimeout = Patience, AutomaticRecoveryEnabled = false };
        return factory.CreateConnectionAsync("payment-capture", cancellationToken);
    }

    private static Exception Innermost(Exception trouble) => trouble.GetBaseException();
}
