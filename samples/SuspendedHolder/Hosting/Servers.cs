using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace SuspendedHolder.Hosting;

/// <summary>The broker and the database that the processes share.</summary>
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
            throw new StoryException($"The broker at {Broker.Host}:{Broker.Port} can't be used: {trouble.GetBaseException().Message}", trouble);
        }

        try
        {
            await using var database = NpgsqlDataSource.Create(Store);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw new StoryException($"The database can't be used: {trouble.GetBaseException().Message}", trouble);
        }
    }

    /// <summary>Removes what a run leaves on the broker.</summary>
    public async Task RemoveAsync(Names names)
    {
        await using var connection = await ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in new[] { names.Queue, $"{names.Queue}_error", $"{names.Queue}_skipped" })
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = Broker, RequestedConnectionTimeout = Patience, AutomaticRecoveryEnabled = false };
        return factory.CreateConnectionAsync("suspended-holder", cancellationToken);
    }
}
