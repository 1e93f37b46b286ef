using System.Net.Sockets;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Samples.Running;

namespace Samples.Hosting;

/// <summary>The broker and the database that the processes of a sample share.</summary>
/// <param name="Broker">The AMQP address.</param>
/// <param name="Store">An Npgsql connection string.</param>
public sealed record Servers(Uri Broker, string Store)
{
    private static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connects to both once. A bus would retry without an end, and say nothing of the reason.</summary>
    /// <exception cref="SampleException">One of them can't be used; the message says which and why.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
        }
        catch (Exception trouble) when (IsBrokerTrouble(trouble))
        {
            throw new SampleException($"The broker at {Broker.Host}:{Broker.Port} can't be used: {trouble.GetBaseException().Message}", trouble);
        }

        try
        {
            await using var database = NpgsqlDataSource.Create(Store);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or SocketException or TimeoutException)
        {
            throw new SampleException($"The database can't be used: {trouble.GetBaseException().Message}", trouble);
        }
    }

    /// <summary>Removes a run's queues from the broker, with MassTransit's queues beside them; reports it if that fails.</summary>
    public async Task RemoveQueuesAsync(string run, params string[] queues)
    {
        try
        {
            await using var connection = await ConnectAsync(CancellationToken.None);
            await using var channel = await connection.CreateChannelAsync();
            foreach (var name in queues.SelectMany(queue => new[] { queue, $"{queue}_error", $"{queue}_skipped" }))
            {
                await channel.QueueDeleteAsync(name);
                await channel.ExchangeDeleteAsync(name);
            }
        }
        catch (Exception trouble) when (IsBrokerTrouble(trouble))
        {
            Notes.Write($"The queues of run {run} stay on the broker: {trouble.Message}");
        }
    }

    private static bool IsBrokerTrouble(Exception trouble) => trouble is BrokerUnreachableException or OperationInterruptedException or IOException;

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = Broker, RequestedConnectionTimeout = ConnectionTimeout, AutomaticRecoveryEnabled = false };
        return factory.CreateConnectionAsync(AppDomain.CurrentDomain.FriendlyName, cancellationToken);
    }
}
